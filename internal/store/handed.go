package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// DefinitionPrefix comes before the digest of a definition in the store, where a target names one.
const DefinitionPrefix = "sha256:"

func definitionKey(digest string) string { return "definitions/" + digest + ".json" }

// PutDefinition keeps a definition under its digest, for targets that cannot carry it. It stays until someone removes it:
// no run need have begun with it.
func (s *Store) PutDefinition(ctx context.Context, text []byte) (digest string, err error) {
	sum := sha256.Sum256(text)
	key := definitionKey(hex.EncodeToString(sum[:]))
	return hex.EncodeToString(sum[:]), s.fail("write", key, s.bucket.write(ctx, key, text))
}

// Definition returns a definition, verified against its digest.
func (s *Store) Definition(ctx context.Context, digest string) ([]byte, error) {
	if err := checkHash(digest); err != nil {
		return nil, err
	}
	key := definitionKey(digest)
	text, err := s.bucket.read(ctx, key, maxObject)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("it does not exist; `runnable-step publish` creates it: %w", fs.ErrNotExist)
	}
	if err != nil {
		return nil, s.fail("read", key, err)
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != digest {
		return nil, s.fail("read", key, errCorrupt{"its content does not have the digest it is named by"})
	}
	return text, nil
}

func controlsKey(run string) string { return "control/" + run + "/" }

// ControlKey is the key of the control value of the composite at a path. Engines make it by their own means, so it is
// plain: the path, with every byte but letters, digits, hyphen, underscore and dot as %XX.
func ControlKey(run, path string) string {
	var b strings.Builder
	for _, c := range []byte(path) {
		if alnum(rune(c)) || strings.IndexByte("-_.", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return controlsKey(run) + b.String()
}

// PutControl keeps a control value for a target that reads it from the store.
func (s *Store) PutControl(ctx context.Context, run, path, value string) error {
	if err := CheckRunID(run); err != nil {
		return err
	}
	if slices.Contains(strings.Split(path, "."), "") {
		return fmt.Errorf("%q is not the path of a step", path)
	}
	key := ControlKey(run, path)
	return s.fail("write", key, s.bucket.write(ctx, key, []byte(value)))
}

package step

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Unpickling runs code, so whoever can write to a store can run code as those who read an object from it. With
// RUNNABLE_OBJECTS=own only objects are unpickled that carry the signature of this user's key.

// The variables that say whose objects are unpickled.
const (
	objectsVariable = "RUNNABLE_OBJECTS"     // own; any, the default
	keyVariable     = "RUNNABLE_OBJECTS_KEY" // 64 hexadecimal digits, in place of the file
)

// sealMark begins the seal behind a pickle, which ends itself: readers who check nothing do not see the seal.
const sealMark = "\n#runnable-object-1:"

// sealer signs objects, and tells whether it has signed one. The nil sealer does neither.
type sealer struct{ key []byte }

// errForeign is the error of an object that this user's own runs did not write.
var errForeign = errors.New("its object was not written by a run of this user with " + objectsVariable + "=own, or was changed since, and unpickling it could run anybody's code; " +
	"run the step that returned it again (retry --from STEP, or run --no-cache where it came from the cache), or trust the store and unset " + objectsVariable)

// newSealer reads the setting. withFile says that the key may be kept in a file of the user's.
func newSealer(environ []string, withFile bool) (*sealer, error) {
	vars := map[string]string{}
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		vars[name] = value
	}
	switch vars[objectsVariable] {
	case "", "any":
		return nil, nil
	case "own":
	default:
		return nil, fmt.Errorf("%s is %q; want own or any", objectsVariable, vars[objectsVariable])
	}
	text := vars[keyVariable]
	if text == "" {
		if !withFile {
			return nil, fmt.Errorf("%s=own needs the key in %s here, where no user's file can hold it; give every step the same key, as a secret", objectsVariable, keyVariable)
		}
		var err error
		if text, err = keyFile(); err != nil {
			return nil, fmt.Errorf("the key of %s=own: %w", objectsVariable, err)
		}
	}
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != sha256.Size {
		return nil, fmt.Errorf("the key of %s=own is not %d hexadecimal digits", objectsVariable, 2*sha256.Size)
	}
	return &sealer{key}, nil
}

// keyFile returns what the user's file holds, which is made when it is first needed.
func keyFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "runnable-render", "objects.key")
	if err := newKey(file); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	info, err := os.Lstat(file)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 || info.Size() > 1<<10 {
		return "", fmt.Errorf("%s is not a file that only this user can read (chmod 600)", file)
	}
	text, err := os.ReadFile(file)
	return string(text), err
}

// newKey makes a key, unless there is one. Of several processes one makes it, and none sees a part of it.
func newKey(file string) error {
	if _, err := os.Lstat(file); err == nil {
		return fs.ErrExist
	}
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, ".key-*") // which this user alone can read
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails
	_, err = temp.WriteString(hex.EncodeToString(key) + "\n")
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	return os.Link(temp.Name(), file)
}

func (s *sealer) sum(pickle []byte) string {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(sealMark))
	h.Write(pickle)
	return hex.EncodeToString(h.Sum(nil))
}

// seal puts the signature behind a pickle.
func (s *sealer) seal(pickle []byte) []byte {
	if s == nil {
		return pickle
	}
	return append(append(bytes.Clone(pickle), sealMark...), s.sum(pickle)...)
}

// open takes the signature away and checks it.
func (s *sealer) open(sealed []byte) ([]byte, error) {
	if s == nil {
		return sealed, nil
	}
	at := len(sealed) - len(sealMark) - 2*sha256.Size
	if at < 0 || !bytes.HasPrefix(sealed[at:], []byte(sealMark)) || !hmac.Equal(sealed[at+len(sealMark):], []byte(s.sum(sealed[:at]))) {
		return nil, errForeign
	}
	return sealed[:at], nil
}

// OpenObject returns the pickle of an object without its seal, and fails where the environment asks for own objects and it is
// none.
func OpenObject(environ []string, sealed []byte) ([]byte, error) {
	seal, err := newSealer(environ, true)
	if err != nil {
		return nil, err
	}
	return seal.open(sealed)
}

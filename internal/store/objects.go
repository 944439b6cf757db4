package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// How many bytes there are at most of what is read whole. None that is larger is written, so that what cannot be read is
// nothing of ours: whoever can write to the store cannot make a reader take more memory than this.
const (
	maxNote   = 1 << 20   // of what says who does something, and since when
	maxObject = 256 << 20 // of a header, with a definition and parameters of 32 MiB each; of records and what derives from them
	maxValue  = 1 << 30   // of a parameter, or of the list of all
)

// limitOf is how large the object with a key may be.
func limitOf(key string) int64 {
	switch base := path.Base(key); {
	case strings.HasSuffix(base, startExt), base == "owner.json", base == "retried.json":
		return maxNote
	case strings.HasPrefix(key, "blobs/"):
		return maxValue
	}
	return maxObject
}

// fits refuses to write what would not be read again.
func fits(key string, data []byte) error {
	if limit := limitOf(key); int64(len(data)) > limit {
		return fmt.Errorf("it has %s, and at most %s are kept there; pass large data in files", Size(len(data)), Size(limit))
	}
	return nil
}

// encode makes the JSON text of an object. Values inside keep their text: nothing is escaped for HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// readJSON reads an object into v, and reports false when there is none.
func (s *Store) readJSON(ctx context.Context, key string, v any) (bool, error) {
	data, err := s.bucket.read(ctx, key, limitOf(key))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, s.fail("read", key, err)
	}
	if len(data) == 0 {
		return false, s.fail("read", key, errCorrupt{"it is empty"})
	}
	if err := json.Unmarshal(data, v); err != nil {
		return false, s.fail("read", key, errCorrupt{err.Error()})
	}
	return true, nil
}

func (s *Store) writeJSON(ctx context.Context, key string, v any) error {
	data, err := encode(v)
	if err == nil {
		err = fits(key, data)
	}
	if err == nil {
		err = s.bucket.write(ctx, key, data)
	}
	return s.fail("write", key, err)
}

// createJSON writes an object where there is none, and reports false when there is another. One with the same
// content counts as written: the answer to a PUT may be lost, and the PUT be sent again.
func (s *Store) createJSON(ctx context.Context, key string, v any) (bool, error) {
	data, err := encode(v)
	if err == nil {
		err = fits(key, data)
	}
	if err != nil {
		return false, s.fail("write", key, err)
	}
	return s.settle(ctx, key, data, s.bucket.create(ctx, key, data))
}

// settle says what the outcome of a create or claim means.
func (s *Store) settle(ctx context.Context, key string, data []byte, err error) (bool, error) {
	if err == nil {
		return true, nil
	}
	if !errors.Is(err, fs.ErrExist) {
		return false, s.fail("write", key, err)
	}
	var there []byte
	for wait := firstWait / 4; ; wait *= 2 { // some servers refuse a second writer before the first one's object shows
		there, err = s.bucket.read(ctx, key, limitOf(key))
		if !errors.Is(err, fs.ErrNotExist) || wait > 8*firstWait || !sleep(ctx, wait) {
			break
		}
	}
	if err != nil {
		return false, s.fail("read", key, err)
	}
	return bytes.Equal(there, data), nil
}

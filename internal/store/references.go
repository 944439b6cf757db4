package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/runnable-render/runnable-render/internal/engine"
)

var (
	anyHash = regexp.MustCompile(`[0-9a-f]{64}`)
	// segments are the blobs of a scope, as [engine.ScopeRef] writes them; they hold references themselves.
	segments = regexp.MustCompile(`"segments":\[(\{"sha256":"[0-9a-f]{64}","size":\d+\},?)+\]`)
	blobText = regexp.MustCompile(`\{"sha256":"([0-9a-f]{64})","size":(\d+)\}`)
	// values are the blobs of large JSON values, as [engine.Value] writes them. The artifacts that a step of a flow leaves are one
	// such value, which names the blobs of those that are pickled.
	values = regexp.MustCompile(`\{"blob":\{"sha256":"[0-9a-f]{64}","size":\d+\}`)
)

// blobs are distinct blobs by their hash.
type blobs map[string]engine.Blob

// add adds the blobs that stand in a text.
func (b blobs) add(text []byte) {
	for _, m := range blobText.FindAllSubmatch(text, -1) {
		var size int64
		_, _ = fmt.Sscan(string(m[2]), &size)
		b[string(m[1])] = engine.Blob{Hash: string(m[1]), Size: size}
	}
}

// addAll adds those that stand where a pattern matches.
func (b blobs) addAll(pattern *regexp.Regexp, data []byte) {
	for _, text := range pattern.FindAll(data, -1) {
		b.add(text)
	}
}

// references returns the hashes that objects of runs and of the cache name.
func (s *Store) references(ctx context.Context) (map[string]bool, error) {
	var keys []string
	for _, prefix := range []string{"runs/", "cache/"} {
		for key, err := range s.bucket.walk(ctx, prefix) {
			if err != nil {
				return nil, s.fail("list", prefix, err)
			}
			if strings.HasSuffix(key, recordExt) && !strings.HasPrefix(key, "cache/steps/") {
				keys = append(keys, key)
			}
		}
	}
	found := map[string]bool{}
	parts, large := blobs{}, blobs{} // parts of scopes; JSON values
	var mu sync.Mutex
	err := s.Each(ctx, len(keys), func(ctx context.Context, i int) error {
		data, err := s.bucket.read(ctx, keys[i], maxObject)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return s.fail("read", keys[i], err)
		}
		mu.Lock()
		defer mu.Unlock()
		note(found, data)
		parts.addAll(segments, data)
		large.addAll(values, data)
		return nil
	})
	if err == nil {
		err = s.inParts(ctx, parts, large, found)
	}
	if err == nil {
		err = s.inValues(ctx, large, found)
	}
	return found, err
}

func note(found map[string]bool, data []byte) {
	for _, h := range anyHash.FindAll(data, -1) {
		found[string(h)] = true
	}
}

// inParts adds what parts of scopes refer to, and the large values in them. They hold no further parts.
func (s *Store) inParts(ctx context.Context, parts, large blobs, found map[string]bool) error {
	list := slices.Collect(maps.Values(parts))
	var mu sync.Mutex
	return s.Each(ctx, len(list), func(ctx context.Context, i int) error {
		data, err := s.GetBlob(ctx, list[i])
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the run is damaged already
		}
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		note(found, data)
		large.addAll(values, data)
		return nil
	})
}

// inValues adds what large values refer to. Each is read piece by piece, and no further than it says it is long.
func (s *Store) inValues(ctx context.Context, large blobs, found map[string]bool) error {
	list := slices.Collect(maps.Values(large))
	var mu sync.Mutex
	return s.Each(ctx, len(list), func(ctx context.Context, i int) error {
		key, err := BlobKey(list[i])
		if err != nil {
			return err
		}
		r, err := s.bucket.open(ctx, key)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the run is damaged already
		}
		if err != nil {
			return s.fail("read", key, err)
		}
		defer r.Close()
		for piece, err := range pieces(io.LimitReader(r, min(list[i].Size, maxValue))) {
			if err != nil {
				return s.fail("read", key, err)
			}
			mu.Lock()
			note(found, piece)
			mu.Unlock()
		}
		return nil
	})
}

// pieces are the bytes of a reader, a MiB at a time, each with so much of the one before that no hash is cut in two. One is
// valid until the next.
func pieces(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		const overlap = 2*sha256.Size - 1
		buf, kept := make([]byte, overlap+1<<20), 0
		for {
			n, err := io.ReadFull(r, buf[kept:])
			if n > 0 && !yield(buf[:kept+n], nil) {
				return
			}
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			kept = copy(buf, buf[len(buf)-overlap:])
		}
	}
}

package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/runnable-render/runnable-render/internal/engine"
)

type boundBlobs struct {
	ctx context.Context //nolint:containedctx // the engine knows no contexts
	s   *Store
}

// Blobs returns the store's blobs with a context for all calls.
func (s *Store) Blobs(ctx context.Context) engine.Blobs { return boundBlobs{ctx, s} }

func (b boundBlobs) Get(x engine.Blob) ([]byte, error)    { return b.s.GetBlob(b.ctx, x) }
func (b boundBlobs) Put(data []byte) (engine.Blob, error) { return b.s.PutBlob(b.ctx, data) }

// GetBlob returns the bytes of a blob, verified against its hash.
func (s *Store) GetBlob(ctx context.Context, b engine.Blob) ([]byte, error) {
	key, err := BlobKey(b)
	if err != nil {
		return nil, err
	}
	data, err := s.bucket.read(ctx, key, maxValue)
	if err != nil {
		return nil, s.fail("read", key, missingBlob(err))
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != b.Hash {
		return nil, s.fail("read", key, errCorrupt{fmt.Sprintf("its %d bytes have the hash %x", len(data), sum)})
	}
	return data, nil
}

func missingBlob(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the blob does not exist; it may have been removed: %w", fs.ErrNotExist)
	}
	return err
}

// PutBlob keeps bytes as a blob. Nothing is written when it is there.
func (s *Store) PutBlob(ctx context.Context, data []byte) (engine.Blob, error) {
	b := engine.BlobOf(data)
	key := blobKey(b)
	if err := fits(key, data); err != nil {
		return b, s.fail("write", key, err)
	}
	if there, err := s.renew(ctx, b); err != nil || there {
		return b, err
	}
	return b, s.fail("write", key, s.bucket.write(ctx, key, data))
}

// HasBlob reports whether the store holds a blob, by its name and size.
func (s *Store) HasBlob(ctx context.Context, b engine.Blob) (bool, error) {
	if err := checkHash(b.Hash); err != nil {
		return false, err
	}
	return s.there(ctx, b)
}

func (s *Store) there(ctx context.Context, b engine.Blob) (bool, error) {
	size, err := s.bucket.size(ctx, blobKey(b))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, s.fail("read", blobKey(b), err)
	}
	return size == b.Size, nil
}

func checkHash(h string) error {
	if len(h) != 2*sha256.Size {
		return fmt.Errorf("%q is not a SHA-256", h)
	}
	for _, c := range []byte(h) {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return fmt.Errorf("%q is not a SHA-256 in lower-case hex", h)
		}
	}
	return nil
}

// HashFile returns the name that a file's content has as a blob.
func HashFile(ctx context.Context, file string) (engine.Blob, error) {
	f, err := os.Open(file)
	if err != nil {
		return engine.Blob{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return engine.Blob{}, err
	}
	h := sha256.New()
	n, err := io.CopyBuffer(onlyWriter{h}, moving(ctx, f, "hashed", info.Size()), buffer(info.Size()))
	return engine.Blob{Hash: hex.EncodeToString(h.Sum(nil)), Size: n}, err
}

// buffer returns one to copy so many bytes with, of a MiB at most.
func buffer(size int64) []byte { return make([]byte, min(max(size, 512), 1<<20)) }

// PutFile keeps a file's content as a blob. Memory stays flat, and nothing is written when the blob is there.
func (s *Store) PutFile(ctx context.Context, file string) (engine.Blob, error) {
	b, err := HashFile(ctx, file)
	if err != nil {
		return b, fmt.Errorf("cannot read %s to store it: %w", file, bare(err))
	}
	if there, err := s.renew(ctx, b); err != nil || there {
		return b, err
	}
	return b, persist(ctx, func() error { return s.sendFile(ctx, b, file) })
}

// sendFile writes a file's content under its name, once.
func (s *Store) sendFile(ctx context.Context, b engine.Blob, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("cannot read %s to store it: %w", file, bare(err))
	}
	defer f.Close()
	check := &verifier{r: moving(ctx, f, "stored", b.Size), h: sha256.New(), want: b, what: "changed while it was being stored"}
	err = s.bucket.stream(ctx, blobKey(b), check, b.Size)
	if check.bad {
		return fmt.Errorf("%s changed while it was being stored; let nothing else write to it", file)
	}
	return s.fail("write", blobKey(b), err)
}

// GetFile writes a blob to a file, verified, by a temporary file in the same folder and a rename. Memory stays
// flat. What was at dst stays as it was unless all went well.
func (s *Store) GetFile(ctx context.Context, b engine.Blob, dst string) error {
	return persist(ctx, func() error { return s.receiveFile(ctx, b, dst) })
}

// receiveFile does it once.
func (s *Store) receiveFile(ctx context.Context, b engine.Blob, dst string) error {
	key, err := BlobKey(b)
	if err != nil {
		return err
	}
	r, err := s.bucket.open(ctx, key)
	if err != nil {
		return s.fail("read", key, missingBlob(err))
	}
	defer r.Close()
	dir := filepath.Dir(dst)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("cannot write %s: %w", dst, bare(err))
	}
	temp := filepath.Join(dir, ".runnable-"+rand.Text()+tempExt)
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", dst, bare(err))
	}
	check := &verifier{r: moving(ctx, r, "fetched", b.Size), h: sha256.New(), want: b, what: "its content does not have the hash it is named by"}
	_, err = io.CopyBuffer(onlyWriter{f}, check, buffer(b.Size))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(temp, dst)
	}
	if err == nil {
		return nil
	}
	_ = os.Remove(temp)
	if check.failed {
		return s.fail("read", key, err)
	}
	return fmt.Errorf("cannot write %s: %w%s", dst, bare(err), hintAfter(err))
}

func hintAfter(err error) string {
	if h := hint(err); h != "" {
		return "; " + h
	}
	return ""
}

// OpenBlob streams a blob. A read that meets its end fails unless all that was read has the blob's hash.
func (s *Store) OpenBlob(ctx context.Context, b engine.Blob) (io.ReadCloser, error) {
	key, err := BlobKey(b)
	if err != nil {
		return nil, err
	}
	r, err := s.bucket.open(ctx, key)
	if err != nil {
		return nil, s.fail("read", key, missingBlob(err))
	}
	check := &verifier{r: moving(ctx, r, "fetched", b.Size), h: sha256.New(), want: b, what: "its content does not have the hash it is named by"}
	return &blobReader{s: s, key: key, check: check, c: r}, nil
}

type blobReader struct {
	s     *Store
	key   string
	check *verifier
	c     io.Closer
}

func (r *blobReader) Read(p []byte) (int, error) {
	n, err := r.check.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = r.s.fail("read", r.key, err)
	}
	return n, err
}

func (r *blobReader) Close() error { return r.c.Close() }

// verifier hands on what it reads, and in place of the end an error when it was not what was wanted.
type verifier struct {
	r      io.Reader
	h      hash.Hash
	n      int64
	want   engine.Blob
	what   string
	failed bool // the error came from here or from the reader
	bad    bool // the content is not what was wanted
}

func (v *verifier) Read(p []byte) (int, error) {
	n, err := v.r.Read(p)
	v.h.Write(p[:n])
	if v.n += int64(n); v.n > v.want.Size { // else a blob without an end would fill the disk
		v.bad, v.failed = true, true
		return n, errCorrupt{v.what}
	}
	if errors.Is(err, io.EOF) {
		if want, _ := hex.DecodeString(v.want.Hash); !bytes.Equal(v.h.Sum(nil), want) {
			v.bad = true
			err = errCorrupt{v.what}
		}
	}
	v.failed = err != nil && !errors.Is(err, io.EOF)
	return n, err
}

// bare is the cause of a file system's error, whose path the message has already.
func bare(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return le.Err
	}
	return err
}

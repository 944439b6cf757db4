package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"net"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// bucket is what the store needs of the place where it keeps objects. Errors are fs.ErrNotExist, fs.ErrExist and
// fs.ErrPermission where that is what they say.
type bucket interface {
	// read returns an object of at most so many bytes.
	read(ctx context.Context, key string, limit int64) ([]byte, error)
	open(ctx context.Context, key string) (io.ReadCloser, error)
	size(ctx context.Context, key string) (int64, error)
	// write puts an object in place of what may be there, atomically.
	write(ctx context.Context, key string, data []byte) error
	// create puts an object where there is none, atomically; else fs.ErrExist.
	create(ctx context.Context, key string, data []byte) error
	// claim is create for an object whose being there is all that counts.
	claim(ctx context.Context, key string, data []byte) error
	// stream is write for what does not fit in memory; size is the number of bytes to come.
	stream(ctx context.Context, key string, r io.Reader, size int64) error
	// log opens an object for writing piece by piece; readers may see the pieces as they come.
	log(ctx context.Context, key string) (io.WriteCloser, error)
	remove(ctx context.Context, key string) error
	// removeAll removes what is below a prefix that ends in a slash.
	removeAll(ctx context.Context, prefix string) error
	// stat is size with the time at which the object was written or renewed.
	stat(ctx context.Context, key string) (int64, time.Time, error)
	// renew makes an object young that was written at a time, and reports false where only writing it again does.
	renew(ctx context.Context, key string, at time.Time) (bool, error)
	// removeOld removes an object unless it is younger than the limit.
	removeOld(ctx context.Context, key string, limit time.Time) (bool, error)
	// list visits the names right below a prefix that ends in a slash; folders end in a slash too.
	list(ctx context.Context, prefix string) iter.Seq2[string, error]
	// walk visits all keys below a prefix that ends in a slash.
	walk(ctx context.Context, prefix string) iter.Seq2[string, error]
	close() error
}

// cloud is a bucket of gocloud.dev.
type cloud struct{ b *blob.Bucket }

func (c *cloud) read(ctx context.Context, key string, limit int64) ([]byte, error) {
	var data []byte
	err := persist(ctx, func() error {
		r, err := c.b.NewReader(ctx, key, nil)
		if err != nil {
			return translate(err)
		}
		defer r.Close()
		data, err = readUpTo(r, r.Size(), limit)
		if Corrupted(err) {
			return err
		}
		return translate(err)
	})
	return data, err
}

func (c *cloud) open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := c.b.NewReader(ctx, key, nil)
	if err != nil {
		return nil, translate(err)
	}
	return r, nil
}

func (c *cloud) size(ctx context.Context, key string) (int64, error) {
	size, _, err := c.stat(ctx, key)
	return size, err
}

func options(key string) *blob.WriterOptions {
	kind := "application/octet-stream"
	switch {
	case strings.HasSuffix(key, recordExt), strings.HasSuffix(key, startExt):
		kind = "application/json"
	case strings.HasSuffix(key, ".log"):
		kind = "text/plain; charset=utf-8"
	}
	return &blob.WriterOptions{ContentType: kind, DisableContentTypeDetection: true}
}

func (c *cloud) write(ctx context.Context, key string, data []byte) error {
	return persist(ctx, func() error { return translate(c.b.Upload(ctx, key, bytes.NewReader(data), options(key))) })
}

func (c *cloud) create(ctx context.Context, key string, data []byte) error {
	// Tried again after an answer was lost, it may meet its own object: callers compare what is there.
	return persist(ctx, func() error { return c.createOnce(ctx, key, data) })
}

func (c *cloud) createOnce(ctx context.Context, key string, data []byte) error {
	o := options(key)
	o.IfNotExist = true
	for try := 0; ; try++ {
		err := c.b.Upload(ctx, key, bytes.NewReader(data), o)
		// S3 says so when two are at it at the same time and neither is done; one must ask again.
		if err == nil || try == 5 || !strings.Contains(err.Error(), "ConditionalRequestConflict") {
			return translate(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond << try):
		}
	}
}

func (c *cloud) claim(ctx context.Context, key string, data []byte) error {
	return c.create(ctx, key, data)
}

// S3 takes an object in at most 10,000 parts, whose size must be chosen before the first is sent. The driver's own size
// is enough for 80 GB; a few parts are in memory at a time.
const (
	mostParts = 9_000
	ownPart   = 8 << 20
)

func (c *cloud) stream(ctx context.Context, key string, r io.Reader, size int64) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	from := &aborting{r: r, abort: cancel}
	o := options(key)
	if part := size/mostParts + 1; part > ownPart {
		o.BufferSize = int(part)
	}
	err := c.b.Upload(ctx, key, from, o)
	if from.err != nil {
		return translate(from.err)
	}
	return translate(err)
}

// aborting gives up the upload when it cannot be read to its end: some drivers would keep what was sent.
type aborting struct {
	r     io.Reader
	abort context.CancelFunc
	err   error
}

func (a *aborting) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		a.err = err
		a.abort()
	}
	return n, err
}

// log uploads through a pipe of our own: the writer of gocloud.dev's azureblob (v0.47) panics in Close when the
// server refuses what was written, so every write here is an Upload.
func (c *cloud) log(ctx context.Context, key string) (io.WriteCloser, error) {
	r, w := io.Pipe()
	l := &cloudLog{w: w, done: make(chan error, 1)}
	go func() {
		// A log is kept most of all when its step is cancelled.
		err := translate(c.b.Upload(context.WithoutCancel(ctx), key, r, options(key)))
		_ = r.CloseWithError(err) // writes fail from here on; nil: they have all been read
		l.done <- err
	}()
	return l, nil
}

// cloudLog is the end of the pipe that is written to.
type cloudLog struct {
	w    *io.PipeWriter
	done chan error
}

func (l *cloudLog) Write(p []byte) (int, error) { return l.w.Write(p) }

func (l *cloudLog) Close() error {
	_ = l.w.Close() // never fails
	return <-l.done
}

func (c *cloud) remove(ctx context.Context, key string) error { return translate(c.b.Delete(ctx, key)) }

func (c *cloud) removeAll(ctx context.Context, prefix string) error {
	for key, err := range c.walk(ctx, prefix) {
		if err == nil {
			err = c.remove(ctx, key)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (c *cloud) list(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return c.objects(ctx, &blob.ListOptions{Prefix: prefix, Delimiter: "/"}, len(prefix))
}

func (c *cloud) walk(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return c.objects(ctx, &blob.ListOptions{Prefix: prefix}, 0)
}

func (c *cloud) objects(ctx context.Context, o *blob.ListOptions, cut int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		it := c.b.List(o)
		for {
			obj, err := it.Next(ctx)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield("", translate(err))
				return
			}
			if !yield(obj.Key[cut:], nil) {
				return
			}
		}
	}
}

func (c *cloud) close() error { return c.b.Close() }

// cloudError is an error of gocloud.dev in few words, and one of those of io/fs where it is.
type cloudError struct {
	error
	is   error
	text string
}

func (e cloudError) Is(target error) bool { return e.is != nil && target == e.is }
func (e cloudError) Unwrap() error        { return e.error }
func (e cloudError) Error() string        { return e.text }

// errNoBucket is the answer to everything in a bucket that is not there. It is no fs.ErrNotExist: a misspelt bucket
// must not look like an empty one.
var errNoBucket = errors.New("there is no such bucket")

func translate(err error) error {
	if err == nil {
		return nil
	}
	e := cloudError{error: err, text: err.Error()}
	switch gcerrors.Code(err) {
	case gcerrors.NotFound:
		e.is = fs.ErrNotExist
	case gcerrors.FailedPrecondition, gcerrors.AlreadyExists:
		e.is = fs.ErrExist
	case gcerrors.PermissionDenied:
		e.is, e.text = fs.ErrPermission, "the server denies it (403)"
	}
	var api interface {
		ErrorCode() string
		ErrorMessage() string
	}
	if errors.As(err, &api) && api.ErrorMessage() != "" {
		e.text = api.ErrorCode() + ": " + strings.TrimSuffix(api.ErrorMessage(), ".")
		switch api.ErrorCode() {
		case "NoSuchBucket":
			e.is = errNoBucket
		case "SignatureDoesNotMatch", "InvalidAccessKeyId", "AccessDenied", "ExpiredToken":
			e.is = fs.ErrPermission
		}
	} else if strings.Contains(e.text, "ContainerNotFound") { // Azure
		e.is = errNoBucket
	}
	var dial *net.OpError
	if errors.As(err, &dial) {
		e.text = dial.Error()
	}
	return e
}

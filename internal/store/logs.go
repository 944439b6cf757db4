package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// LogWriter is where the log of an attempt goes. There is a log from the first byte on, and none of a step that says
// nothing. In a folder readers see it grow; in a bucket it is there once it is closed. The end of the context does not
// end it: the log of a cancelled step is wanted most.
func (s *Store) LogWriter(ctx context.Context, run, path string, attempt int) (io.WriteCloser, error) {
	if err := checkStep(run, path); err != nil {
		return nil, err
	}
	key := LogKey(run, path, attempt)
	ctx = context.WithoutCancel(ctx)
	return &logWriter{s: s, key: key, open: func() (io.WriteCloser, error) { return s.bucket.log(ctx, key) }}, nil
}

type logWriter struct {
	s    *Store
	key  string
	open func() (io.WriteCloser, error)
	w    io.WriteCloser // nil: nothing was written yet
}

func (l *logWriter) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if l.w == nil {
		w, err := l.open()
		if err != nil {
			return 0, l.s.fail("write", l.key, err)
		}
		l.w = w
	}
	n, err := l.w.Write(p)
	return n, l.s.fail("write", l.key, err)
}

func (l *logWriter) Close() error {
	if l.w == nil {
		return nil
	}
	return l.s.fail("write", l.key, translate(l.w.Close()))
}

// OpenLog opens the log of an attempt for reading. Where there is none the error is fs.ErrNotExist.
func (s *Store) OpenLog(ctx context.Context, run, path string, attempt int) (io.ReadCloser, error) {
	if err := checkStep(run, path); err != nil {
		return nil, err
	}
	key := LogKey(run, path, attempt)
	r, err := s.bucket.open(ctx, key)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("there is no such log: %w", fs.ErrNotExist)
	}
	if err != nil {
		return nil, s.fail("read", key, err)
	}
	return r, nil
}

package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// LogWriter opens the log of an attempt for writing. In a folder readers see it grow; in a bucket it is there once
// it is closed. The end of the context does not end it: the log of a cancelled step is wanted most.
func (s *Store) LogWriter(ctx context.Context, run, path string, attempt int) (io.WriteCloser, error) {
	if err := checkStep(run, path); err != nil {
		return nil, err
	}
	key := LogKey(run, path, attempt)
	w, err := s.bucket.log(ctx, key)
	if err != nil {
		return nil, s.fail("write", key, err)
	}
	return &logWriter{s, key, w}, nil
}

type logWriter struct {
	s   *Store
	key string
	w   io.WriteCloser
}

func (l *logWriter) Write(p []byte) (int, error) {
	n, err := l.w.Write(p)
	return n, l.s.fail("write", l.key, err)
}

func (l *logWriter) Close() error {
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

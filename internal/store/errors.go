package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// Error says what could not be done, where, why, and what to do about it.
type Error struct {
	Store string // folder or URL
	Op    string // open, read, write, list, remove
	Key   string // the object; empty: the store itself
	Err   error
	Hint  string
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("store")
	if e.Store != "" {
		b.WriteString(" " + e.Store)
	}
	b.WriteString(": cannot " + e.Op)
	if e.Key != "" {
		b.WriteString(" " + e.Key)
	}
	b.WriteString(": " + e.Err.Error())
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// ErrRunExists is what a [RunExistsError] is.
var ErrRunExists = errors.New("run exists")

// ErrRemoved is the error of a run whose facts somebody has removed while it went on.
var ErrRemoved = errors.New("the run is no longer in the store")

// ErrNoRun is returned for a run that the store does not hold.
var ErrNoRun = errors.New("no such run")

// RunExistsError is the answer to the creation of a run that is there already.
type RunExistsError struct{ Header engine.Header }

func (e *RunExistsError) Error() string {
	by := ""
	if e.Header.Owner != "" {
		by = " by " + e.Header.Owner
	}
	return fmt.Sprintf("run %q exists already, started %s%s on target %q; take another run id, or retry it", e.Header.Run,
		e.Header.Started.Format("2006-01-02 15:04:05"), by, e.Header.Target)
}

// Is makes errors.Is(err, ErrRunExists) true.
func (e *RunExistsError) Is(target error) bool { return target == ErrRunExists }

// errCorrupt is the cause of an [Error] about an object whose content is not what it must be.
type errCorrupt struct{ why string }

func (e errCorrupt) Error() string { return "it is corrupted: " + e.why }

// Corrupted reports whether err says that an object's content is damaged.
func Corrupted(err error) bool {
	var c errCorrupt
	return errors.As(err, &c)
}

// parentError is the cause when the folder that should hold the store is not there.
type parentError struct{ dir string }

func (e parentError) Error() string { return fmt.Sprintf("folder %s does not exist", e.dir) }

func missingParent(root string) error { return parentError{filepath.Dir(root)} }

// fail wraps the cause of a failure with all that the user needs.
func (s *Store) fail(op, key string, err error) error {
	if err == nil {
		return nil
	}
	var already *Error
	if errors.As(err, &already) {
		return err
	}
	var pe *fs.PathError
	if errors.As(err, &pe) { // the key is said anyway
		err = pe.Err
	}
	var le *linkError
	if errors.As(err, &le) {
		err = le.err
	}
	return &Error{Store: s.url, Op: op, Key: key, Err: err, Hint: hint(err)}
}

func hint(err error) string {
	var parent parentError
	var dial *net.OpError
	switch {
	case errors.Is(err, errNoBucket):
		return "make it, or check its name"
	case errors.As(err, &dial):
		return "check the endpoint and the network"
	case errors.As(err, &parent):
		return "make it, or name another store"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "free some space, or name another store; then retry the run"
	case errors.Is(err, syscall.EROFS):
		return "name a store that can be written to"
	case errors.Is(err, syscall.ENOTDIR):
		return "a file is in the place of a folder: move it away, or name another store"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return "raise the limit of open files (ulimit -n)"
	case errors.Is(err, fs.ErrPermission):
		return "check who owns the store and its permissions or credentials"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ""
	case Corrupted(err):
		return "remove it and retry the run, so that it is written again"
	}
	return ""
}

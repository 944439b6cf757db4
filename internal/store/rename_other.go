//go:build !linux

package store

import "errors"

// renameNew renames a file unless there is one of the new name: not on this system.
func renameNew(string, string) error { return errors.ErrUnsupported }

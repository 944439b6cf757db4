package workfolder

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// MoveFile moves a regular file to a place where nothing is, on another file system too.
func MoveFile(from, to string) error {
	if os.Rename(from, to) == nil {
		return nil
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if err := CopyFile(from, to, info.Mode().Perm()); err != nil {
		return err
	}
	return os.Remove(from)
}

// CopyFile copies a file, with its time, to a place where nothing is. Where the file system can, the two share their
// blocks.
func CopyFile(from, to string, mode fs.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if cloned(from, to) {
		return errors.Join(os.Chmod(to, mode), os.Chtimes(to, info.ModTime(), info.ModTime()))
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	if !sharing(in, out) {
		_, err = io.Copy(out, in)
	}
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	return os.Chtimes(to, info.ModTime(), info.ModTime())
}

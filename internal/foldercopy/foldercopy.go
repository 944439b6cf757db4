// Package foldercopy copies the content of a folder, for steps that get their own folder.
package foldercopy

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Options say what is copied. The zero value copies all of it.
type Options struct {
	Leave      func(name string) bool // leaves a file, or a folder with all in it, out, by slash path below the folder
	Unreadable bool                   // what cannot be read is left out; else it is an error
	Bytes      int64                  // of files; those beyond are links to what they would be copies of. 0: as many as there are
}

// Copy copies what is in a folder to another, which is made if need be. Links stay links, devices and the like are left
// out. Files are copied, never hard linked: a step may write into them, and the owner of the copy may write all of it. What
// is removed while we look is left out.
func Copy(from, to string, o Options) error {
	c := copier{Options: o}
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		rel, relErr := filepath.Rel(from, path)
		if err = errors.Join(err, relErr); err == nil && rel != "." && o.Leave != nil && o.Leave(filepath.ToSlash(rel)) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if err == nil {
			err = c.entry(path, filepath.Join(to, rel), d)
		}
		gone := errors.Is(err, fs.ErrNotExist) || o.Unreadable && errors.Is(err, fs.ErrPermission)
		if gone && rel != "." {
			return nil
		}
		return err
	})
}

type copier struct {
	Options
	copied int64
}

func (c *copier) entry(from, to string, d fs.DirEntry) error {
	info, err := d.Info()
	switch {
	case err != nil:
		return err
	case d.IsDir():
		return os.MkdirAll(to, info.Mode().Perm()|0o700)
	case d.Type()&fs.ModeSymlink != 0:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	case !d.Type().IsRegular():
		return nil
	}
	if c.copied += info.Size(); c.Bytes > 0 && c.copied > c.Bytes {
		return os.Symlink(from, to)
	}
	return file(from, to, info.Mode().Perm()|0o600)
}

// file copies a file. Where the file system can, the two share their blocks.
func file(from, to string, mode fs.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

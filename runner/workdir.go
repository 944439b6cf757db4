package runner

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxCopied bounds the bytes of one folder that are copied; what is beyond is linked.
const maxCopied = 256 << 20

// workFolder is the folder that a step works in: the image's own where it is writable, else a new one with the same
// content, because the user that a target runs a step as need not be the one that the image was made for.
func workFolder(image string) (string, error) {
	if probe, err := os.CreateTemp(image, ".runnable-*"); err == nil {
		_ = probe.Close()
		return image, os.Remove(probe.Name())
	}
	work, err := copyOf(image)
	if err != nil {
		return "", fmt.Errorf("the working folder %s cannot be written to, and there is no copy: %w", image, err)
	}
	return work, nil
}

// copyOf makes a folder with what a working folder holds; an empty one for an image that names none.
func copyOf(image string) (string, error) {
	work, err := newWorkFolder()
	if err != nil || image == string(filepath.Separator) {
		return work, err
	}
	return work, copyFolder(image, work)
}

// ownFolder gives each step of a composite that runs in one container a working folder as in a container of its own.
func (s *session) ownFolder() (dir string, done func(), err error) {
	if dir, err = copyOf(s.dir); err != nil {
		return "", nil, err
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
}

// newWorkFolder makes a folder beside the runner, in the volume that the target mounts for it, or where temporary
// files go.
func newWorkFolder() (string, error) {
	if self, err := os.Executable(); err == nil {
		if dir, err := os.MkdirTemp(filepath.Dir(filepath.Dir(self)), "work-"); err == nil {
			return dir, os.Chmod(dir, 0o755)
		}
	}
	return os.MkdirTemp("", "runnable-work-")
}

// copyFolder copies the files below a folder that can be read and are still there.
func copyFolder(from, to string) error {
	copied := int64(0)
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if path == from {
			return err
		}
		rel, relErr := filepath.Rel(from, path)
		if err = errors.Join(err, relErr); err == nil {
			err = copyEntry(path, filepath.Join(to, rel), d, &copied)
		}
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) { // not for us, or removed while we look
			return nil
		}
		return err
	})
}

func copyEntry(path, target string, d fs.DirEntry, copied *int64) error {
	switch {
	case d.IsDir():
		return os.MkdirAll(target, 0o755)
	case d.Type()&fs.ModeSymlink != 0:
		link, err := os.Readlink(path)
		if err != nil {
			return err
		}
		return os.Symlink(link, target)
	case !d.Type().IsRegular():
		return nil
	}
	info, err := d.Info()
	if err != nil {
		return err
	}
	if *copied += info.Size(); *copied > maxCopied {
		return os.Symlink(path, target)
	}
	return copyFile(path, target, info.Mode())
}

func copyFile(from, to string, mode fs.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode.Perm()|0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

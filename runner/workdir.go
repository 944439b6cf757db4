package runner

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/runnable-render/runnable-render/internal/foldercopy"
)

// maxCopied bounds the bytes of one folder that are copied; what is beyond is linked.
const maxCopied = 256 << 20

// workFolder is the folder that a step works in: the image's own where it is writable, else a new one with the same
// content, because the user that a target runs a step as need not be the one that the image was made for. With own, other
// steps work in the same folder at the same time, and each gets a copy, which remove removes.
func (s *session) workFolder(image string, own bool) (dir string, remove func(), err error) {
	stays := func() {}
	if !own && writable(image) {
		return image, stays, nil
	}
	work, err := s.copyOf(image)
	if err != nil {
		return "", nil, fmt.Errorf("the working folder %s cannot be copied: %w", image, err)
	}
	if own {
		return work, func() { _ = os.RemoveAll(work) }, nil
	}
	return work, stays, nil
}

func writable(dir string) bool {
	probe, err := os.CreateTemp(dir, ".runnable-*")
	if err != nil {
		return false
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name())) == nil
}

// copyOf makes a folder with what a working folder holds, but for the store; an empty one for an image that names none.
func (s *session) copyOf(image string) (string, error) {
	work, err := newWorkFolder()
	if err != nil || image == string(filepath.Separator) {
		return work, err
	}
	store := ""
	if folder, ok := s.store.Folder(); ok {
		store, _ = filepath.Rel(image, folder) // elsewhere nothing has that name
	}
	leave := func(name string) bool { return name == filepath.ToSlash(store) }
	return work, foldercopy.Copy(image, work, foldercopy.Options{Unreadable: true, Bytes: maxCopied, Leave: leave})
}

// ownFolder gives each step of a composite that runs in one container a working folder as in a container of its own.
func (s *session) ownFolder() (dir string, done func(), err error) {
	if dir, err = s.copyOf(s.dir); err != nil {
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

package runner

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/runnable-render/runnable-render/internal/foldercopy"
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
	return work, foldercopy.Copy(image, work, foldercopy.Options{Unreadable: true, Bytes: maxCopied})
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

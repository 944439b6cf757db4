package runner

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/runnable-render/runnable-render/internal/foldercopy"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/workfolder"
)

// maxCopied bounds the bytes of one folder that are copied; what is beyond is linked.
const maxCopied = 256 << 20

// workFolder is the folder that a step works in: the image's own where it is writable, else a new one with the same
// content, because the user that a target runs a step as need not be the one that the image was made for. With own, other
// steps work in the same folder at the same time, and each gets a copy, which remove removes.
func (s *session) workFolder(image string, own bool) (dir string, remove func(), err error) {
	if !own && writable(image) {
		return image, func() {}, nil
	}
	work, remove, err := s.copyOf(image)
	if err != nil {
		return "", nil, fmt.Errorf("the working folder %s cannot be copied: %w", image, err)
	}
	if own {
		return work, remove, nil
	}
	return work, func() { runtime.KeepAlive(remove) }, nil // it goes with the container; until then it is ours
}

func writable(dir string) bool {
	probe, err := os.CreateTemp(dir, ".runnable-*")
	if err != nil {
		return false
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name())) == nil
}

// copyOf makes a folder with what a working folder holds, but for the store; an empty one for an image that names none.
func (s *session) copyOf(image string) (work string, remove func(), err error) {
	work, remove, err = s.newWorkFolder()
	if err != nil || image == string(filepath.Separator) {
		return work, remove, err
	}
	store := ""
	if folder, ok := s.store.Folder(); ok {
		store, _ = filepath.Rel(image, folder) // elsewhere nothing has that name
	}
	leave := func(name string) bool { return name == filepath.ToSlash(store) }
	return work, remove, foldercopy.Copy(image, work, foldercopy.Options{Unreadable: true, Bytes: maxCopied, Leave: leave})
}

// ownFolder gives each step of a composite that runs in one container a working folder as in a container of its own.
func (s *session) ownFolder() (dir string, done func(), err error) {
	return s.copyOf(s.dir)
}

// workPrefix begins the names of working folders that are copies.
const workPrefix = "runnable-render-work-"

// newWorkFolder makes a folder beside the runner, in the volume that the target mounts for it, or where temporary
// files go. Steps that share a folder are not in containers: the runner's is then anybody's, or one of several machines.
func (s *session) newWorkFolder() (dir string, remove func(), err error) {
	parents := []string{os.TempDir()}
	if self, err := os.Executable(); err == nil && s.can.Folder != runnerenv.FolderOwn {
		parents = []string{filepath.Dir(filepath.Dir(self)), os.TempDir()}
	}
	for _, parent := range parents {
		var release func() error
		if dir, release, err = workfolder.NewTempIn(parent, workPrefix); err == nil {
			return dir, func() { _ = release() }, nil
		}
	}
	return "", nil, err
}

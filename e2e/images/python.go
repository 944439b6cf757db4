//go:build e2e

package images

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/runnable-render/runnable-render/internal/imagetar"
	"github.com/runnable-render/runnable-render/internal/testvenv"
)

// pythonRoot is a layer of a root file system with a virtual environment, and with folders, at their paths here. root
// is the folder of the module.
func pythonRoot(root, venv string, folders ...string) (*imagetar.Layer, error) {
	dir, err := os.MkdirTemp("", "python-root-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	script := filepath.Join(root, "e2e/images/pyroot")
	if text, err := exec.Command(script, append([]string{dir, venv}, folders...)...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("pyroot: %w\n%s", err, text)
	}
	return imagetar.Folder(dir)
}

// Notebooks is an image with papermill, a kernel, and the files of a case in the folder /work, which belong to the user
// of that number; its virtual environment is the one returned, at .venv of the folder. root is the folder of the module.
func Notebooks(root, dir string, user int) (image imagetar.Image, venv string, err error) {
	python, err := testvenv.MakeBy("/usr/bin/python3", "venv-image-1", "papermill", "ipykernel")
	if err != nil {
		return imagetar.Image{}, "", err
	}
	venv = filepath.Dir(filepath.Dir(python))
	base, err := pythonRoot(root, venv)
	if err != nil {
		return imagetar.Image{}, "", err
	}
	files, err := Files(dir, "work")
	if err != nil {
		return imagetar.Image{}, "", err
	}
	layer, err := imagetar.Files(user, append(files, imagetar.File{Path: "work/.venv", Link: venv})...)
	return New("notebooks", "/work", base, layer), venv, err
}

// training are the folders of the ML example and of the same in Python.
const training, trainingInPython = "examples/ml-training", "examples/ml-training-python"

// Training is the image of the ML example, and of the same as a user of Runnable wrote it: the packages, both folders, and
// the data in both, at the paths that are returned. What the second lacks, its README's links, is made in work. root is
// the folder of the module.
func Training(root, work string) (yaml, python imagetar.Image, err error) {
	root, err = filepath.Abs(root)
	if err != nil {
		return yaml, python, err
	}
	own, theirs := filepath.Join(root, training), filepath.Join(work, filepath.Base(trainingInPython))
	if text, err := exec.Command(filepath.Join(own, "setup.sh")).CombinedOutput(); err != nil {
		return yaml, python, fmt.Errorf("setup.sh: %w\n%s", err, text)
	}
	err = errors.Join(
		os.CopyFS(theirs, os.DirFS(filepath.Join(root, trainingInPython))),
		os.Symlink(filepath.Join(own, ".venv"), filepath.Join(theirs, ".venv")),
	)
	for _, data := range []string{"customers.csv", "transactions.csv"} {
		text, readErr := os.ReadFile(filepath.Join(own, data))
		err = errors.Join(err, readErr, os.WriteFile(filepath.Join(theirs, data), text, 0o644))
	}
	if err != nil {
		return yaml, python, err
	}
	layer, err := pythonRoot(root, filepath.Join(own, ".venv"), own, theirs)
	return New("ml", own, layer), New("ml-python", theirs, layer), err
}

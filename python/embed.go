// Package python holds the Python side of the runner: a package of the standard library only, embedded here and
// written to a folder on the machine that runs a step.
package python

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed rr_boot.py rr_define.py runnable_render/*.py runnable/*.py flow/metaflow/*.py flow/metaflow/plugins/*.py
var files embed.FS

// Boot is the script that starts the Python side, in the folder given to [Extract].
const Boot = "rr_boot.py"

// The variables that tell the Python side where the user's modules are: folders as a JSON list, in order, and the
// definition's own file where that is Python.
const (
	Modules = "RUNNABLE_MODULES"
	Own     = "RUNNABLE_OWN"
)

// Here is the variable that tells a definition which folder is the user's current one, as it is read in the working folder.
const Here = "RUNNABLE_DEFINE_HERE"

// Define is the script that reads a Python definition, in the same folder. With [Flow] as its last argument the
// definition is a flow of Metaflow's.
const (
	Define = "rr_define.py"
	Flow   = "flow"
)

// Digest names the content of the Python side: equal files, equal digests.
func Digest() string {
	h := sha256.New()
	_ = fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(path)
		fmt.Fprintf(h, "%s %d\n%s", path, len(data), data)
		return err
	})
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// Extract writes the Python side into dir, which stands on PYTHONPATH when a task runs.
func Extract(dir string) error {
	return fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(path))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		data, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
}

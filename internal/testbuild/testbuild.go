// Package testbuild provides this project's programs for tests, each built once.
package testbuild

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"testing"

	"github.com/runnable-render/runnable-render/internal/filelock"
)

// Program returns a program of this module by its folder, such as cmd/runnable-step: that of the folder that E2E_BIN names,
// where there is one, else it is built in the user's cache. There is one for each copy of the repository, which go build leaves
// as it is while it is up to date.
func Program(tb testing.TB, folder string) string {
	tb.Helper()
	name := path.Base(folder)
	if bin := os.Getenv("E2E_BIN"); bin != "" && path.Dir(folder) == "cmd" {
		file, err := filepath.Abs(filepath.Join(bin, name))
		if err != nil {
			tb.Fatal(err)
		}
		return file
	}
	file, err := built(folder, name)
	if err != nil {
		tb.Fatal(err)
	}
	return file
}

func built(folder, name string) (string, error) {
	root, err := module()
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(root))
	file := filepath.Join(cache, "runnable-render-tests", "bin-"+hex.EncodeToString(sum[:6]), name, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	unlock, err := filelock.Lock(context.Background(), file+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	cmd := exec.Command("go", "build", "-ldflags=-s", "-o", file, "./"+folder)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", folder, err, out)
	}
	return file, nil
}

// module is the folder of go.mod above the working folder, which go test makes that of the package.
func module() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, there := os.Stat(filepath.Join(dir, "go.mod")); there == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("there is no go.mod above the working folder")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}

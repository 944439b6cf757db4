//go:build e2e

// Package images makes the images that cases run in on real targets, without an engine or a registry.
package images

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/imagetar"
)

// New is an image with a tag that stands for its content, so that no engine runs an older one of the same name.
func New(name, workingDir string, layers ...*imagetar.Layer) imagetar.Image {
	h := sha256.New()
	for _, l := range layers {
		h.Write([]byte(l.Digest()))
	}
	tag := hex.EncodeToString(h.Sum(nil))[:12]
	return imagetar.Image{Name: "e2e.local/" + strings.ToLower(name) + ":" + tag, Layers: layers, WorkingDir: workingDir}
}

// tmp is the folder that a program needs also in an image from scratch.
var tmp = imagetar.File{Path: "tmp/", Mode: 0o777 | fs.ModeSticky}

// Runner is the runner's image: its program, which stands in a file here, and nothing else.
func Runner(program string) (imagetar.Image, error) {
	data, err := os.ReadFile(program)
	if err != nil {
		return imagetar.Image{}, err
	}
	layer, err := imagetar.Files(0, tmp, imagetar.File{Path: "runnable-step", Mode: 0o755, Data: data})
	if err != nil {
		return imagetar.Image{}, err
	}
	image := New("runner", "", layer)
	image.Entrypoint = []string{"/runnable-step"}
	return image, nil
}

// GoETL is the image of examples/go-etl as its Dockerfile makes it: the steps' static program and the data. root is
// the folder of the module.
func GoETL(root string) (imagetar.Image, error) {
	dir, err := os.MkdirTemp("", "go-etl-")
	if err != nil {
		return imagetar.Image{}, err
	}
	defer os.RemoveAll(dir)
	const name = "runnable-render-task-go"
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s", "-tags", "steps", "-o", filepath.Join(dir, name), "./examples/go-etl")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return imagetar.Image{}, fmt.Errorf("go-etl: %w\n%s", err, text)
	}
	program, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return imagetar.Image{}, err
	}
	data, err := Files(filepath.Join(root, "examples/go-etl/data"), "app/data")
	if err != nil {
		return imagetar.Image{}, err
	}
	layer, err := imagetar.Files(0, append(data, tmp, imagetar.File{Path: "usr/local/bin/" + name, Mode: 0o755, Data: program})...)
	if err != nil {
		return imagetar.Image{}, err
	}
	return New("go-etl", "/app", layer), nil
}

// onlyTests are the files of a case that no image holds.
var onlyTests = []string{"expect.yaml", "ir.txt", "plan.txt", "argo.yaml", "compose.yaml", "stepfunctions.yaml", "argo.err", "compose.err", "stepfunctions.err"}

// Files are the files below a folder as they stand in a folder of an image, but for those that only tests read.
func Files(dir, to string) ([]imagetar.File, error) {
	out := []imagetar.File{{Path: to + "/", Mode: 0o755}}
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || file == dir {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		name := to + "/" + filepath.ToSlash(rel)
		switch {
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") || d.Name() == "__pycache__"):
			return filepath.SkipDir
		case d.IsDir():
			out = append(out, imagetar.File{Path: name + "/", Mode: 0o755})
			return nil
		case slices.Contains(onlyTests, rel):
			return nil
		}
		data, err := os.ReadFile(file)
		out = append(out, imagetar.File{Path: name, Mode: 0o644, Data: data})
		return err
	})
	return out, err
}

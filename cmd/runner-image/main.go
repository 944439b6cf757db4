// Command runner writes the runner image as an archive, without an engine: it does what the Dockerfile beside it does.
package main

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/runnable-render/runnable-render/internal/imagetar"
)

func main() {
	name := flag.String("name", "ghcr.io/runnable-render/runner:latest", "name and tag of the image")
	out := flag.String("o", "runner.tar", "file to write")
	flag.Parse()
	if err := build(*name, *out); err != nil {
		fmt.Fprintln(os.Stderr, "runner image:", err)
		os.Exit(1)
	}
}

func build(name, out string) error {
	dir, err := os.MkdirTemp("", "runner-image-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	files := []imagetar.File{{Path: "tmp/", Mode: 0o777 | fs.ModeSticky}}
	for _, program := range []string{"runnable-step", "runnable-step-full"} {
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", filepath.Join(dir, program), "./cmd/"+program)
		cmd.Env, cmd.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", program, err)
		}
		data, err := os.ReadFile(filepath.Join(dir, program))
		if err != nil {
			return err
		}
		files = append(files, imagetar.File{Path: program, Mode: 0o755, Data: data})
	}
	layer, err := imagetar.Files(0, files...)
	if err != nil {
		return err
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	defer f.Close()
	image := imagetar.Image{Name: name, Layers: []*imagetar.Layer{layer}, Entrypoint: []string{"/runnable-step"}, User: "1000", WorkingDir: "/"}
	if err := imagetar.Write(f, image); err != nil {
		return err
	}
	return f.Close()
}

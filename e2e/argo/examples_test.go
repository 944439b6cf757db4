//go:build e2e

package argo_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/internal/imagetar"
)

// checkETL runs the Go example with the image that its Dockerfile makes.
func (c *cluster) checkETL(t *testing.T, results *table) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	image, err := images.GoETL(root)
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	if err := os.CopyFS(filepath.Join(work, "data"), os.DirFS(filepath.Join(root, "examples/go-etl/data"))); err != nil {
		t.Fatal(err)
	}
	c.checkExample(t, example{name: "go-etl", dir: root, image: image, args: []string{"examples/go-etl"}, here: []string{"--workdir", work}}, results)
}

// checkTraining runs the ML example with real packages, in an image of a root file system with its environment.
func (c *cluster) checkTraining(t *testing.T, results *table) {
	dir, err := filepath.Abs("../../examples/ml-training")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), filepath.Join(dir, "setup.sh")).CombinedOutput(); err != nil {
		t.Fatalf("setup.sh: %v\n%s", err, out)
	}
	root := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "./mlroot", dir, root).CombinedOutput(); err != nil {
		t.Fatalf("mlroot: %v\n%s", err, out)
	}
	layer, err := imagetar.Folder(root)
	if err != nil {
		t.Fatal(err)
	}
	c.checkExample(t, example{name: "ml-training", dir: dir, image: images.New("ml", dir, layer), args: []string{"pipeline.yaml", "-p", "parameters.yaml"}}, results)
}

// example is an example of the project with its image.
type example struct {
	name  string
	dir   string // where the command is typed
	image imagetar.Image
	args  []string // of the command
	here  []string // besides, of a local run
}

// checkExample runs an example on the cluster and here: both succeed with one trace.
func (c *cluster) checkExample(t *testing.T, e example, results *table) {
	t.Helper()
	c.load(t, e.image)
	manifest := c.command(t, e.dir, os.Environ(), slices.Concat(e.args, []string{"--target", "argo", "--image", e.image.Name, "--runner-image", c.images.runner, "-c", c.config(t, "pvc_for_runnable: "+c.claim)})...)
	name := c.submit(t, manifest)
	w := c.wait(t, name)
	r := newRow("examples/"+e.name, w)
	defer func() { results.add(r) }()
	if w.Status.Phase != "Succeeded" {
		t.Fatal(c.story(t, name))
	}
	st := c.facts(t, c.claim, name)
	checkRun(t, w, st, r)
	r.equal = sameTrace(t, c.runHere(t, e.dir, os.Environ(), slices.Concat(e.args, e.here)...), st, w) && !t.Failed()
}

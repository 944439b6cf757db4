//go:build e2e

package argo_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/imagetar"
)

// checkETL runs the Go example with the image that its Dockerfile makes.
func (c *cluster) checkETL(t *testing.T, results *compare.Table) {
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
	c.load(t, image)
	c.checkExample(t, example{name: "go-etl", dir: root, image: image, args: []string{"examples/go-etl"}, here: []string{"--workdir", work}}, results)
}

// checkTraining runs the ML example with real packages, in YAML and as a user of Runnable wrote it, in an image of a
// root file system with its environment.
func (c *cluster) checkTraining(t *testing.T, results *compare.Table) {
	yaml, python, err := images.Training("../..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c.load(t, yaml, python)
	for _, e := range []example{
		{name: "ml-training", image: yaml, args: []string{"pipeline.yaml", "-p", "parameters.yaml"}},
		{name: "ml-training-python", image: python, args: []string{"complete.py"}},
	} {
		e.dir = e.image.WorkingDir
		t.Run(e.name, func(t *testing.T) { c.checkExample(t, e, results) })
	}
}

// checkNotebooks runs the case with notebooks in an image that has papermill.
func (c *cluster) checkNotebooks(t *testing.T, results *compare.Table) {
	one, err := golden.Load("../notebooks/notebook")
	if err != nil {
		t.Fatal(err)
	}
	image, venv, err := images.Notebooks("../..", one.Dir, stepUser)
	if err != nil {
		t.Fatal(err)
	}
	c.load(t, image)
	one.Expect.Env = map[string]string{"VIRTUAL_ENV": venv} // of the local run; in the image it is .venv of the folder
	c.with(func(n *imageNames) { n.cases[one.Name] = image.Name }).check(t, one, results)
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
func (c *cluster) checkExample(t *testing.T, e example, results *compare.Table) {
	t.Helper()
	manifest := c.command(t, e.dir, os.Environ(), slices.Concat(e.args, []string{"--target", "argo", "--image", e.image.Name, "--runner-image", c.images.runner, "-c", c.config(t, "pvc_for_runnable: "+c.claim)})...)
	name := c.submit(t, manifest)
	w := c.wait(t, name)
	r := newRow("examples/"+e.name, w)
	defer func() { results.Add(r) }()
	if w.Status.Phase != "Succeeded" {
		t.Fatal(c.story(t, name))
	}
	st := c.facts(t, c.claim, name)
	checkRun(t, w, st, r)
	r.Equal = compare.SameTrace(t, compare.Here(t, c.bin, e.dir, os.Environ(), slices.Concat(e.args, e.here)...), st, w.Metadata.Name) && !t.Failed()
}

//go:build e2e

package argo_test

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/imagetar"
)

// imageNames are the names of the images that the tests run in: the runner's, one without a case, and one for each case,
// whose working folder holds the case's files as a user's image would.
type imageNames struct {
	runner string
	base   string
	cases  map[string]string
}

// stepUser owns the files of a case, as in an image that was made for the user that the manifest names.
const stepUser = 1000

// with is the cluster with other images.
func (c *cluster) with(change func(*imageNames)) *cluster {
	names, out := *c.images, *c
	names.cases = maps.Clone(names.cases)
	change(&names)
	out.images = &names
	return &out
}

// loadImages makes the images of all cases and loads them.
func (c *cluster) loadImages(t testing.TB, root string, cases []*golden.Case) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	runner, err := images.Runner(filepath.Join(c.bin, "runnable-step"))
	must(err)
	base, err := imagetar.Folder(root)
	must(err)
	plain := images.New("base", "/", base)
	names := &imageNames{runner: runner.Name, base: plain.Name, cases: map[string]string{}}
	all := []imagetar.Image{runner, plain}
	for _, c := range cases {
		work := "work/" + c.Name
		files, err := images.Files(c.Dir, work)
		must(err)
		layer, err := imagetar.Files(stepUser, files...)
		must(err)
		image := images.New("case-"+c.Name, "/"+work, base, layer)
		names.cases[c.Name] = image.Name
		all = append(all, image)
	}
	c.load(t, all...)
	c.images = names
}

// load writes an archive of images and loads it.
func (c *cluster) load(t testing.TB, images ...imagetar.Image) {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "e2e.tar")
	f, err := os.Create(archive)
	if err == nil {
		err = errors.Join(imagetar.Write(f, images...), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	c.loadArchive(t, archive)
}

// loadArchive hands an archive of images to the cluster by the command in E2E_LOAD.
func (c *cluster) loadArchive(t testing.TB, archive string) {
	t.Helper()
	c.loading.Lock()
	defer c.loading.Unlock()
	load := strings.Fields(os.Getenv("E2E_LOAD"))
	if out, err := exec.Command(load[0], append(load[1:], archive)...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", os.Getenv("E2E_LOAD"), err, out)
	}
	time.Sleep(time.Second) // a loader may tell archives apart by the second they were written
}

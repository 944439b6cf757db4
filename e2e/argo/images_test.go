//go:build e2e

package argo_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/imagetar"
)

// images are the names of the images that the tests run in: the runner's, one without a case, and one for each case,
// whose working folder holds the case's files as a user's image would.
type images struct {
	runner string
	base   string
	cases  map[string]string
}

// stepUser owns the files of a case, as in an image that was made for the user that the manifest names.
const stepUser = 1000

// loadImages makes all images and hands them to the cluster by the command in E2E_LOAD, which takes an archive.
func loadImages(t testing.TB, bin, root string, cases []*golden.Case) *images {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	program, err := os.ReadFile(filepath.Join(bin, "runnable-step"))
	must(err)
	runner := runnerImage(t, program)
	base, err := imagetar.Folder(root)
	must(err)
	names := &images{cases: map[string]string{}}
	names.runner = runner.Name
	names.base = "e2e.local/base:" + tag(base)
	all := []imagetar.Image{
		runner,
		{Name: names.base, Layers: []*imagetar.Layer{base}, WorkingDir: "/"},
	}
	for _, c := range cases {
		work := "work/" + c.Name
		layer, err := imagetar.Files(stepUser, caseFiles(t, c.Dir, work)...)
		must(err)
		names.cases[c.Name] = "e2e.local/case-" + c.Name + ":" + tag(base, layer)
		all = append(all, imagetar.Image{Name: names.cases[c.Name], Layers: []*imagetar.Layer{base, layer}, WorkingDir: "/" + work})
	}
	load(t, all...)
	return names
}

// load writes an archive of images and hands it to the cluster.
func load(t testing.TB, images ...imagetar.Image) {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "e2e.tar")
	f, err := os.Create(archive)
	if err == nil {
		err = errors.Join(imagetar.Write(f, images...), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	load := strings.Fields(os.Getenv("E2E_LOAD"))
	if out, err := exec.Command(load[0], append(load[1:], archive)...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", os.Getenv("E2E_LOAD"), err, out)
	}
}

// runnerImage is the runner's image: its program and nothing else.
func runnerImage(t testing.TB, program []byte) imagetar.Image {
	t.Helper()
	layer, err := imagetar.Files(0, imagetar.File{Path: "tmp/", Mode: 0o777 | fs.ModeSticky}, imagetar.File{Path: "runnable-step", Mode: 0o755, Data: program})
	if err != nil {
		t.Fatal(err)
	}
	return imagetar.Image{Name: "e2e.local/runner:" + tag(layer), Layers: []*imagetar.Layer{layer}, Entrypoint: []string{"/runnable-step"}}
}

// tag is a name for the content, so that a node never runs an older image of the same name.
func tag(layers ...*imagetar.Layer) string {
	h := sha256.New()
	for _, l := range layers {
		h.Write([]byte(l.Digest()))
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// caseFiles are the files of a case, but for those that only tests read, in a folder of the image.
func caseFiles(t testing.TB, dir, to string) []imagetar.File {
	t.Helper()
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
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".") || d.Name() == "__pycache__" {
				return filepath.SkipDir
			}
			out = append(out, imagetar.File{Path: name + "/", Mode: 0o755})
			return nil
		}
		switch rel {
		case "expect.yaml", "ir.txt", "plan.txt", "argo.yaml", "compose.yaml", "argo.err", "compose.err":
			return nil
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		out = append(out, imagetar.File{Path: name, Mode: 0o644, Data: data})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

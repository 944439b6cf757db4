//go:build e2e

package argo_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/imagetar"
)

// checkOwnClaim runs what is rendered with no configuration but an image, by `argo submit --watch`: the claim comes
// and goes with the workflow.
func (c *cluster) checkOwnClaim(t *testing.T, cases []*golden.Case, results *compare.Table) {
	quickstart, err := golden.Load("../../examples/quickstart")
	if err != nil {
		t.Fatal(err)
	}
	image := imageOfRoot(t, quickstart)
	c.load(t, image)
	c = c.with(func(n *imageNames) { n.cases[quickstart.Name] = image.Name })
	c.provideRunner(t, runnerOf(t, c.renderBy(t, quickstart, "--image", image.Name)))
	for _, one := range []*golden.Case{quickstart, caseOf(t, cases, "catalog-between-steps")} {
		t.Run(one.Name, func(t *testing.T) {
			manifest := c.renderBy(t, one, "--image", c.images.cases[one.Name])
			name := strings.ToLower(one.Name) + fmt.Sprintf("-%x", time.Now().UnixNano())
			watched := make(chan error, 1)
			go func() {
				out, err := c.argo(t.Context(), "submit", "--watch", "--name", name, c.file(t, manifest))
				if err == nil && !strings.Contains(out, "Succeeded") {
					err = fmt.Errorf("argo submit --watch printed\n%s", out)
				}
				watched <- err
			}()
			c.keepClaim(t, name+"-store")
			c.reader(t, name, name+"-store")
			if err := <-watched; err != nil {
				t.Fatalf("%v\n%s", err, c.story(t, name))
			}
			c.verdict(t, "own claim: "+one.Name, one, c.wait(t, name), c.facts(t, name, name), results)
		})
	}
}

// keepClaim waits for a claim and keeps it to the end of the test, also when Argo deletes it with a workflow that
// succeeded: what it holds is yet to be read.
func (c *cluster) keepClaim(t *testing.T, claim string) {
	t.Helper()
	if _, err := c.kubectl(t.Context(), "", "wait", "pvc/"+claim, "--for=create", "--timeout="+patience().String()); err != nil {
		t.Fatal(err)
	}
	patch := func(ctx context.Context, text string) error {
		_, err := c.kubectl(ctx, "", "patch", "pvc", claim, "--type=json", "-p", text)
		return err
	}
	if err := patch(t.Context(), `[{"op": "add", "path": "/metadata/finalizers/-", "value": "runnable-render.example/kept"}]`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = patch(context.WithoutCancel(t.Context()), `[{"op": "remove", "path": "/metadata/finalizers"}]`)
	})
}

// imageOfRoot makes an image of a case whose files belong to root, as in most images, so that the step works in a copy.
func imageOfRoot(t *testing.T, one *golden.Case) imagetar.Image {
	t.Helper()
	files, err := images.Files(one.Dir, "app")
	if err != nil {
		t.Fatal(err)
	}
	layer, err := imagetar.Files(0, files...)
	if err != nil {
		t.Fatal(err)
	}
	root, err := imagetar.Folder(os.Getenv("E2E_ROOT"))
	if err != nil {
		t.Fatal(err)
	}
	return images.New(one.Name, "/app", root, layer)
}

// runnerOf is the image of the runner that a manifest names.
func runnerOf(t *testing.T, manifest []byte) string {
	t.Helper()
	var wf struct {
		Spec struct {
			Templates []struct {
				Name      string
				Container struct{ Image string }
			}
		}
	}
	if err := yaml.Unmarshal(manifest, &wf); err != nil {
		t.Fatal(err)
	}
	for _, template := range wf.Spec.Templates {
		if template.Name == "runner" {
			return template.Container.Image
		}
	}
	t.Fatal("the manifest names no runner")
	return ""
}

// provideRunner loads the runner image that cmd/runner-image makes, under the name that no registry has here.
func (c *cluster) provideRunner(t *testing.T, name string) {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "runner.tar")
	cmd := exec.CommandContext(t.Context(), "go", "run", "./cmd/runner-image", "-name", name, "-o", archive)
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("cmd/runner-image: %v\n%s", err, out)
	}
	c.loadArchive(t, archive)
}

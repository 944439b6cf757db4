//go:build e2e

package argo_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/golden"
)

// submitCase renders a case and starts it. Parameters of the cases that are called submit-… are given to `argo
// submit`, not to the rendering.
func (c *cluster) submitCase(t *testing.T, one *golden.Case) string {
	t.Helper()
	manifest := c.render(t, one)
	if !atSubmit(one) {
		return c.submit(t, manifest)
	}
	var flags []string
	for _, p := range one.Expect.Params {
		flags = append(flags, "-p", p)
	}
	out, err := c.argo(t.Context(), slices.Concat([]string{"submit", c.file(t, manifest), "-o", "name"}, flags)...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out)
}

func atSubmit(one *golden.Case) bool { return strings.HasPrefix(one.Name, "submit-") }

// file writes a manifest to a file.
func (c *cluster) file(t *testing.T, manifest []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "wf.yaml")
	if err := os.WriteFile(file, manifest, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// render makes the manifest of a case whose facts go into the claim that all runs share.
func (c *cluster) render(t *testing.T, one *golden.Case, more ...string) []byte {
	t.Helper()
	secret := "secret-of-" + strings.ToLower(one.Name)
	c.secret(t, secret, one.Expect.Secrets)
	text := fmt.Sprintf("pvc_for_runnable: %s, secret_from_k8s: %s, defaults: {resources: {requests: {cpu: 10m, memory: 16Mi}}}", c.claim, secret)
	return c.renderWith(t, one, text, more...)
}

// renderWith renders a case with settings of its own for Argo.
func (c *cluster) renderWith(t *testing.T, one *golden.Case, settings string, more ...string) []byte {
	t.Helper()
	args := []string{"-c", c.config(t, settings), "--image", c.images.cases[one.Name], "--runner-image", c.images.runner}
	return c.renderBy(t, one, append(args, more...)...)
}

// config writes settings for Argo to a configuration file.
func (c *cluster) config(t *testing.T, settings string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("argo: {"+settings+"}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// renderBy renders a case with these flags.
func (c *cluster) renderBy(t *testing.T, one *golden.Case, flags ...string) []byte {
	t.Helper()
	args := one.Args()
	if atSubmit(one) {
		unset := *one
		unset.Expect.Params = nil
		args = unset.Args()
	}
	return c.command(t, one.Dir, compare.EnvironOf(one), slices.Concat(args, []string{"--target", "argo"}, flags)...)
}

// command runs the real command in a folder and returns what it prints.
func (c *cluster) command(t *testing.T, dir string, env []string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(c.bin, "runnable-render"), args...)
	cmd.Dir, cmd.Env = dir, env
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("runnable-render %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return out
}

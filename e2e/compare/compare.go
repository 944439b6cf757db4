//go:build e2e

// Package compare compares the result of a case on a real target with its result on this machine.
package compare

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

// Environ is the environment of the test without what would steer the command or a rendered script.
func Environ() []string {
	return slices.DeleteFunc(os.Environ(), func(kv string) bool {
		return strings.HasPrefix(kv, "RUNNABLE_") || strings.HasPrefix(kv, "RUN_ID=")
	})
}

// Pairs are variables as an environment has them.
func Pairs(variables map[string]string) []string {
	var out []string
	for name, value := range variables {
		out = append(out, name+"="+value)
	}
	return out
}

// EnvironOf is [Environ] with what the case says, secrets apart.
func EnvironOf(c *golden.Case) []string { return append(Environ(), Pairs(c.Expect.Env)...) }

// CaseHere runs a case on this machine, in a copy of its folder, and returns its trace. bin is the folder of the program.
func CaseHere(t *testing.T, bin string, c *golden.Case) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), c.Name)
	if err := os.CopyFS(dir, os.DirFS(c.Dir)); err != nil {
		t.Fatal(err)
	}
	return Here(t, bin, dir, append(EnvironOf(c), Pairs(c.Expect.Secrets)...), c.Args()...)
}

// Here runs a pipeline on this machine in a folder and returns its trace. bin is the folder of the program.
func Here(t *testing.T, bin, dir string, env []string, args ...string) string {
	t.Helper()
	facts := t.TempDir()
	cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "runnable-render"), slices.Concat([]string{"run", "--run-id", "here", "--store", facts}, args)...)
	cmd.Dir, cmd.Env = dir, env
	out, _ := cmd.CombinedOutput() // a run that is to fail does; the trace tells
	st, err := store.Open(t.Context(), facts)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	defer st.Close()
	trace, err := runs.Trace(t.Context(), st, "here")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return trace
}

// SameTrace compares the trace of a run on a target with that of the run here.
func SameTrace(t *testing.T, here string, st *store.Store, run string) bool {
	t.Helper()
	got, err := runs.Trace(t.Context(), st, run)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(here, got); diff != "" {
		t.Errorf("the trace differs from the local run's (-local +target):\n%s", diff)
		return false
	}
	return true
}

// Hides checks that what is nowhere to be found is in none of the texts, by what they are, and in no file of the folders.
func Hides(t *testing.T, c *golden.Case, texts map[string][]byte, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				texts[file], err = os.ReadFile(file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, secret := range c.Expect.Nowhere {
		for what, text := range texts {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s holds %q", what, secret)
			}
		}
	}
}

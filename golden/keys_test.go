package golden

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/internal/testbuild"
)

// TestKeysAreTheSameOnEveryTarget runs the case of the cache as Argo and compose do, in one image, and here: each step
// has one content key in both kinds of containers, and the one that it has here where no image counts.
func TestKeysAreTheSameOnEveryTarget(t *testing.T) {
	t.Parallel()
	c, err := Load("cache-hit")
	if err != nil {
		t.Fatal(err)
	}
	keys, plan := map[string]map[string]string{}, t.TempDir() // of compose: where begin writes what the services share
	for name, env := range map[string][]string{
		"argo":             {"RUNNABLE_TARGET=argo", "RUNNABLE_IMAGE=example/app:1"},
		"compose":          {"RUNNABLE_TARGET=compose", "RUNNABLE_IMAGE=example/app:1", "RUNNABLE_DEFINITION_FILE=" + filepath.Join(plan, "definition"), "RUNNABLE_RUN_ID_FILE=" + filepath.Join(plan, "run")},
		"another image":    {"RUNNABLE_TARGET=argo", "RUNNABLE_IMAGE=example/app:2"},
		"no image is said": {"RUNNABLE_TARGET=argo"},
	} {
		p := newPods(t, c, testbuild.Program(t, "cmd/runnable-step"))
		p.env = append(p.env, env...)
		p.drive()
		keys[name] = contentKeys(t, p.store)
	}
	dir := filepath.Join(t.TempDir(), c.Name)
	if err := os.CopyFS(dir, os.DirFS(c.Dir)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], append([]string{"run", "--run-id", "golden"}, c.Args()...)...)
	cmd.Dir, cmd.Env = dir, environment(c)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	here := contentKeys(t, filepath.Join(dir, ".runnable"))
	if len(here) != 5 {
		t.Errorf("%d steps have keys, want 5: %v", len(here), here)
	}
	for name, want := range map[string]map[string]string{"argo": keys["compose"], "no image is said": here} {
		if diff := cmp.Diff(want, keys[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for path, key := range keys["another image"] {
		if key == keys["argo"][path] || key == here[path] {
			t.Errorf("%s has the key of another image", path)
		}
	}
}

// contentKeys are the keys that the steps of a run had, by path.
func contentKeys(t *testing.T, folder string) map[string]string {
	t.Helper()
	ctx := context.Background()
	st, err := store.Open(ctx, folder)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	records, err := st.ListRecords(ctx, "golden")
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{}
	for _, rec := range records {
		if key := rec.Code["cache_key"]; key != "" {
			keys[rec.Path] = key
		}
	}
	return keys
}

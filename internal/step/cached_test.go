package step

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/cache"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// cachedShell is a cached task that appends to a file beside the working folder when it runs.
func cachedShell(w *world, script string, returns ...string) *ir.Task {
	return &ir.Task{Command: &ir.Shell{Script: "echo ran >> " + shellQuote(w.dir+".ran") + "\n" + script}, Returns: returning(returns...), Cache: true}
}

// times is how often such tasks have run.
func (w *world) times() int {
	data, _ := os.ReadFile(w.dir + ".ran")
	return strings.Count(string(data), "ran")
}

func TestCachedStepIsRestored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	n := cachedShell(w, "export a=1; echo hello > f.txt", "a")
	n.Catalog = &ir.Catalog{Put: []ir.Ref{{Name: "*.txt"}}}
	before := w.scope
	first := w.ok("s", n)
	if err := os.Remove(filepath.Join(w.dir, "f.txt")); err != nil {
		t.Fatal(err)
	}
	w.scope = before
	second := w.ok("elsewhere", n)
	if second.Status != engine.Cached || w.times() != 1 {
		t.Fatalf("got %s, ran %d times", second.Status, w.times())
	}
	if diff := cmp.Diff(first.Returns, second.Returns); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(first.Files, second.Files); diff != "" {
		t.Error(diff)
	}
	if first.After.Digest != second.After.Digest {
		t.Error("another scope after it")
	}
	if text, err := os.ReadFile(filepath.Join(w.dir, "f.txt")); err != nil || string(text) != "hello\n" {
		t.Errorf("the file: %q, %v", text, err)
	}
	if got := second.Code["cached_from"]; got != "r/s#1" {
		t.Errorf("cached from %q", got)
	}
	if !strings.Contains(w.log(second), "cached") {
		t.Error("the log does not say so")
	}
}

func TestCachedStepRunsAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(t *testing.T, w *world, first *engine.Record)
		n      func(w *world) *ir.Task
	}{
		{"when a parameter has changed", func(_ *testing.T, w *world, _ *engine.Record) {
			w.scope = engine.InitialScope([]engine.Named{param("p", "1")})
		}, nil},
		{"when a file that it names has changed", func(t *testing.T, w *world, _ *engine.Record) {
			if err := os.WriteFile(filepath.Join(w.dir, "conf.txt"), []byte("new"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, func(w *world) *ir.Task { return cachedShell(w, "cat conf.txt || :; export a=1", "a") }},
		{"when the store has lost a file of it", func(t *testing.T, w *world, first *engine.Record) {
			root, _ := w.st.Folder()
			hash := first.Files[0].Hash
			if err := os.Remove(filepath.Join(root, "blobs/sha256", hash[:2], hash[2:])); err != nil {
				t.Fatal(err)
			}
		}, func(w *world) *ir.Task {
			n := cachedShell(w, "export a=1; echo x > f", "a")
			n.Catalog = &ir.Catalog{Put: []ir.Ref{{Name: "f"}}}
			return n
		}},
		{"when a file that is not copied is another one", func(t *testing.T, w *world, _ *engine.Record) {
			if err := os.WriteFile(filepath.Join(w.dir, "f"), []byte("other"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, func(w *world) *ir.Task {
			n := cachedShell(w, "export a=1; echo x > f", "a")
			n.Catalog = &ir.Catalog{Put: []ir.Ref{{Name: "f"}}, NoCopy: true}
			return n
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{})
			n := cachedShell(w, "export a=1", "a")
			if c.n != nil {
				n = c.n(w)
			}
			before := w.scope
			first := w.ok("s", n)
			w.scope = before
			if again := w.ok("s", n); again.Status != engine.Cached {
				t.Fatalf("nothing has changed, and it is %s", again.Status)
			}
			w.scope = before
			c.change(t, w, first)
			if third := w.ok("s", n); third.Status != engine.Success || w.times() != 2 {
				t.Errorf("got %s, ran %d times", third.Status, w.times())
			}
		})
	}
}

// TestCodeThatChangesMeanwhileIsNotCached: the key holds the file as it was before the step, and the step may have used either.
func TestCodeThatChangesMeanwhileIsNotCached(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	conf := filepath.Join(w.dir, "conf.txt")
	n := cachedShell(w, "echo new > conf.txt; export a=$(cat conf.txt)", "a")
	before := w.scope
	for range 2 {
		if err := os.WriteFile(conf, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		w.scope = before
		w.ok("s", n)
	}
	if got := w.times(); got != 2 {
		t.Errorf("ran %d times, want 2", got)
	}
}

func TestFailuresAreNotCached(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	n := cachedShell(w, "exit 3")
	w.fails("s", n)
	w.fails("s", n)
	if w.times() != 2 {
		t.Errorf("ran %d times", w.times())
	}
}

func TestCacheModes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode     CacheMode
		declared bool
		want     int // runs of two
	}{{CacheDeclared, true, 1}, {CacheDeclared, false, 2}, {CacheAll, false, 1}, {CacheNone, true, 2}} {
		w := newWorld(t, Options{Cache: c.mode})
		n := cachedShell(w, ":")
		n.Cache = c.declared
		w.ok("s", n)
		w.ok("s", n)
		if w.times() != c.want {
			t.Errorf("%+v: ran %d times", c, w.times())
		}
	}
}

func TestFreshStepRunsWhateverTheCacheHolds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	n := cachedShell(w, ":")
	w.ok("s", n)
	rec, _, err := w.r.Run(context.Background(), Job{Run: "r", Path: "s", Node: n, Before: w.scope, Dir: w.dir, Target: "local", Fresh: true}, w.st)
	if err != nil || rec.Status != engine.Success || w.times() != 2 {
		t.Errorf("got %+v, %v", rec, err)
	}
}

// The value of a secret is no part of a key: neither the key nor anything in the cache tells it, and another value
// does not run a step again.
func TestSecretsAreNoPartOfAKey(t *testing.T) {
	t.Parallel()
	const secret = "correct-horse-battery"
	w := newWorld(t, Options{Secrets: MapSecrets(map[string]string{"TOKEN": secret}, "a test"), SecretNames: []string{"TOKEN"}})
	n := cachedShell(w, `export n=${#TOKEN}`, "n")
	n.Secrets = []ir.Ref{{Name: "TOKEN"}}
	before := w.scope
	first := w.ok("s", n)
	w.r = runtimeFor(t, Options{Secrets: MapSecrets(map[string]string{"TOKEN": "another"}, "a test"), SecretNames: []string{"TOKEN"}})
	w.scope = before
	second := w.ok("s", n)
	if second.Status != engine.Cached || first.Code["cache_key"] != second.Code["cache_key"] {
		t.Errorf("got %s", second.Status)
	}
	root, _ := w.st.Folder()
	err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		if strings.Contains(string(data), secret) {
			t.Errorf("%s holds it", p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestForeseeSaysWhyAndWritesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	n := cachedShell(w, "export a=1", "a")
	ask := func(before *engine.Scope) cache.Decision {
		root, _ := w.st.Folder()
		was := listing(t, root)
		d, rec, err := w.r.Foresee(context.Background(), Job{Run: "q", Path: "s", Node: n, Before: before, Dir: w.dir, Target: "local"}, w.st)
		if err != nil || (rec != nil) != d.Cached {
			t.Fatalf("%+v, %v, %v", d, rec, err)
		}
		if diff := cmp.Diff(was, listing(t, root)); diff != "" {
			t.Errorf("it wrote: %s", diff)
		}
		return d
	}
	before := w.scope
	if d := ask(before); d.Cached || !strings.Contains(d.Why, "not run with caching yet") {
		t.Errorf("got %+v", d)
	}
	w.ok("s", n)
	if d := ask(before); !d.Cached || !strings.Contains(d.Why, "run r") {
		t.Errorf("got %+v", d)
	}
	d := ask(engine.InitialScope([]engine.Named{param("p", `"x"`)}))
	if d.Cached || !strings.HasPrefix(d.Why, `input p is new ("x" `) || d.Since != "r" {
		t.Errorf("got %+v", d)
	}
}

func listing(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		out = append(out, p+" "+info.ModTime().String())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

package step

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

var _ Store = (*store.Store)(nil)

// world is a store, a run and a working folder, over which steps follow one another.
type world struct {
	t     *testing.T
	st    *store.Store
	r     *Runtime
	dir   string
	scope *engine.Scope
}

func newWorld(t *testing.T, o Options) *world {
	t.Helper()
	st, err := store.Open(context.Background(), "file://"+filepath.ToSlash(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	if err := st.CreateRun(context.Background(), engine.Header{Run: "r", Pipeline: "p", Target: "local"}); err != nil {
		t.Fatal(err)
	}
	return &world{t: t, st: st, r: runtimeFor(t, o), dir: t.TempDir(), scope: &engine.Scope{}}
}

// run runs a step; on success the world's scope is the one after it.
func (w *world) run(path string, n ir.Node) *engine.Record {
	w.t.Helper()
	rec, after, err := w.r.RunAll(context.Background(), Job{Run: "r", Path: path, Node: n, Before: w.scope, Dir: w.dir, Target: "local"}, w.st, Hooks{})
	if err != nil {
		w.t.Fatal(err)
	}
	stored, err := w.st.Record(context.Background(), "r", path, rec.Attempt)
	if err != nil {
		w.t.Fatal(err)
	}
	if stored.Status != rec.Status || stored.After.Digest != after.Digest() {
		w.t.Errorf("stored %+v", stored)
	}
	if rec.Status.OK() {
		w.scope = after
	}
	return rec
}

func (w *world) ok(path string, n ir.Node) *engine.Record {
	w.t.Helper()
	rec := w.run(path, n)
	if !rec.Status.OK() {
		w.t.Fatalf("%s: %+v\n%s", path, rec.Failure, w.log(rec))
	}
	return rec
}

func (w *world) fails(path string, n ir.Node, parts ...string) *engine.Record {
	w.t.Helper()
	rec := w.run(path, n)
	if rec.Status != engine.Failed {
		w.t.Fatalf("%s succeeded, want a failure that says %q", path, parts)
	}
	for _, p := range parts {
		if !strings.Contains(rec.Failure.Message, p) {
			w.t.Errorf("%s: message %q does not say %q", path, rec.Failure.Message, p)
		}
	}
	return rec
}

func (w *world) log(rec *engine.Record) string {
	w.t.Helper()
	f, err := w.st.OpenLog(context.Background(), "r", rec.Path, rec.Attempt)
	if errors.Is(err, fs.ErrNotExist) && rec.Log == "" {
		return ""
	}
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(data)
}

func shellTaskOf(script string, c *ir.Catalog, returns ...string) *ir.Task {
	return &ir.Task{Command: &ir.Shell{Script: script}, Catalog: c, Returns: returning(returns...)}
}

func refs(names ...string) []ir.Ref {
	var out []ir.Ref
	for _, n := range names {
		out = append(out, ir.Ref{Name: n})
	}
	return out
}

func puts(names ...string) *ir.Catalog { return &ir.Catalog{Put: refs(names...)} }
func gets(names ...string) *ir.Catalog { return &ir.Catalog{Get: refs(names...)} }

// names are the paths of a record's files in a stage.
func names(rec *engine.Record, stage string) string {
	var out []string
	for _, f := range rec.Files {
		if f.Stage == stage {
			out = append(out, f.Path)
		}
	}
	return strings.Join(out, " ")
}

// clear empties the working folder, as another pod would find it.
func (w *world) clear() {
	w.t.Helper()
	w.dir = w.t.TempDir()
}

func TestRunRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	big := strings.Repeat("b", 70_000)
	rec := w.ok("a", shellTaskOf(`echo hello; export x=1 m=0.5 big=`+big, nil, "x", "m:metric", "big"))
	if rec.Kind != "shell" || rec.Attempt != 1 || rec.Before != (&engine.Scope{}).Digest() || rec.Target != "local" || rec.Ended.Before(rec.Started) {
		t.Errorf("%+v", rec)
	}
	if w.log(rec) != "hello\n" {
		t.Errorf("log %q", w.log(rec))
	}
	if rec.Returns[2].Value.Blob == nil {
		t.Error("a large value is kept in the record")
	}
	rec = w.ok("b", shellTaskOf(`[ "$big" = `+big+` ]; export y=$((x + 1))`, nil, "y"))
	if v, _ := w.scope.Param("y"); string(v.JSON) != "2" {
		t.Errorf("y = %s", v.JSON)
	}
	loaded, err := engine.LoadScope(rec.After, w.st.Blobs(w.t.Context()))
	if err != nil || loaded.Digest() != w.scope.Digest() {
		t.Errorf("scope after: %v", err)
	}
	rec = w.ok("c", &ir.Stub{})
	if rec.Kind != "stub" {
		t.Errorf("kind %s", rec.Kind)
	}
}

func TestRunRetries(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	n := shellTaskOf(`echo x >>tries; [ "$RUNNABLE_STEP_ATTEMPT" = 3 ] || exit 9; export n=$(wc -l <tries)`, nil, "n")
	n.Retry = ir.Retry{Limit: 5, On: []string{"9"}}
	if rec := w.ok("a", n); rec.Attempt != 3 || show(rec.Returns) != "n=3" {
		t.Errorf("attempt %d, %s", rec.Attempt, show(rec.Returns))
	}
	all, err := w.st.Records(context.Background(), "r", "a")
	if err != nil || len(all) != 3 || all[0].Status != engine.Failed || all[1].Failure.ExitCode != 9 {
		t.Errorf("%+v %v", all, err)
	}
	n = shellTaskOf(`exit 8`, nil)
	n.Retry = ir.Retry{Limit: 5, On: []string{"9", "timeout"}}
	if rec := w.fails("b", n, "exit code 8"); rec.Attempt != 1 {
		t.Errorf("attempt %d", rec.Attempt)
	}
}

func TestRunIsRecordedWhenCanceled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{Grace: 100 * time.Millisecond})
	ctx, cancel := context.WithCancel(context.Background())
	h := Hooks{Attempt: func(int, time.Time) { cancel() }}
	n := shellTaskOf("sleep 1000", nil)
	n.Retry.Limit = 3
	rec, _, err := w.r.RunAll(ctx, Job{Run: "r", Path: "a", Node: n, Before: w.scope, Dir: w.dir}, w.st, h)
	if err != nil || rec.Failure.Kind != engine.KindKilled || rec.Attempt != 1 {
		t.Errorf("%+v, %v", rec, err)
	}
	if _, _, err := w.r.Run(ctx, Job{Run: "r", Path: "b", Node: n, Before: w.scope, Dir: w.dir}, w.st); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestCatalogPut(t *testing.T) {
	t.Parallel()
	const script = "mkdir -p d/s .runnable; echo x >d/s/x.txt; echo 2 >d/y.txt; echo z >z.csv; echo h >d/.hidden; echo no >.runnable/no.txt; chmod +x z.csv"
	cases := []struct {
		put  []string
		want string
	}{
		{[]string{"d/**/*.txt", "z.csv", "d/*"}, "d/.hidden d/s/x.txt d/y.txt z.csv"}, // vector A.8, with folders that take their content
		{[]string{"d/"}, "d/.hidden d/s/x.txt d/y.txt"},
		{[]string{"./d/s"}, "d/s/x.txt"},
		{[]string{"**/*.txt"}, "d/s/x.txt d/y.txt"},
		{[]string{"."}, "d/.hidden d/s/x.txt d/y.txt z.csv"},
		{[]string{"*"}, "d/.hidden d/s/x.txt d/y.txt z.csv"},
		{[]string{"{z.csv,d/y.txt}"}, "d/y.txt z.csv"},
		{[]string{"z.cs[uv]"}, "z.csv"},
	}
	for _, c := range cases {
		t.Run(strings.Join(c.put, " "), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{})
			rec := w.ok("a", shellTaskOf(script, puts(c.put...)))
			if got := names(rec, engine.StagePut); got != c.want {
				t.Errorf("put %s, want %s", got, c.want)
			}
			for _, f := range rec.Files {
				if f.Path == "d/y.txt" && f.Hash != "53c234e5e8472b6ac51c1ae1cab3fe06fad053beb8ebfd8977b010655bfdd3c3" {
					t.Errorf("hash %s", f.Hash)
				}
				if f.Path == "z.csv" && f.Mode&0o100 == 0 {
					t.Errorf("mode %o", f.Mode)
				}
			}
		})
	}
}

func TestCatalogPutRefuses(t *testing.T) {
	t.Parallel()
	for pattern, says := range map[string]string{
		"none*":      "no file matches",
		"/etc/hosts": "absolute",
		"../x":       "leaves the working folder",
		"d/../../x":  "leaves the working folder",
		"out":        "leads out of the working folder",
		"outdir":     "leads out of the working folder",
		"outdir/*":   "leads out of the working folder",
		"dead":       "no file matches",
		"[":          "not a pattern",
		"  ":         "empty",
	} {
		t.Run(pattern, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{})
			outside := t.TempDir()
			write(t, outside, "f", "x")
			script := "ln -s " + outside + "/f out; ln -s " + outside + " outdir; ln -s nowhere dead; export x=1"
			rec := w.fails("a", shellTaskOf(script, puts(pattern), "x"), says)
			if rec.Failure.Kind != engine.KindData || len(rec.Returns) != 0 || len(rec.Files) != 0 {
				t.Errorf("%+v", rec)
			}
			// Of a step that failed by itself the failure stays its own.
			w.fails("b", shellTaskOf("exit 5", puts(pattern)), "exit code 5")
		})
	}
}

func TestCatalogLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	rec := w.ok("a", shellTaskOf(`mkdir -p d/e; echo 1 >d/f; ln -s f d/g; ln -s ../../d d/e/loop; ln -s "$PWD/d/f" h; ln -s nowhere d/dead; mkfifo d/pipe`, puts("d", "h")))
	if got := names(rec, engine.StagePut); got != "d/f d/g h" {
		t.Errorf("put %s", got)
	}
	for _, left := range []string{"d/dead", "d/pipe"} {
		if !strings.Contains(w.log(rec), left) {
			t.Errorf("the log does not say that %s is left out: %s", left, w.log(rec))
		}
	}
	if rec.Log != store.LogKey("r", "a", 1) {
		t.Errorf("log %q", rec.Log)
	}
}

func TestCatalogOnFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	rec := w.fails("a", shellTaskOf("echo 1 >there; exit 1", puts("there", "missing")), "exit code 1")
	if got := names(rec, engine.StagePut); got != "there" {
		t.Errorf("put %s", got)
	}
	if out := engine.LeafOutcome(w.scope, rec); len(out.Kept) != 1 {
		t.Errorf("%+v", out)
	}
}

func TestCatalogGet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	w.ok("a", shellTaskOf("mkdir -p d/s; echo x >d/s/x.txt; echo 2 >d/y.txt; echo z >z.csv; chmod 750 z.csv", puts(".")))
	for _, c := range []struct{ get, want string }{
		{"d/*", "d/s/x.txt d/y.txt"}, {"**/*.txt", "d/s/x.txt d/y.txt"}, {"d/", "d/s/x.txt d/y.txt"}, {".", "d/s/x.txt d/y.txt z.csv"}, {"z.csv", "z.csv"},
	} {
		w.clear()
		rec := w.ok("get", shellTaskOf("true", gets(c.get)))
		if got := names(rec, engine.StageGet); got != c.want {
			t.Errorf("%s: got %s, want %s", c.get, got, c.want)
		}
		for _, n := range strings.Fields(c.want) {
			read(t, filepath.Join(w.dir, n))
		}
	}
	if st, err := os.Stat(filepath.Join(w.dir, "z.csv")); err != nil || st.Mode().Perm() != 0o750 {
		t.Errorf("mode %v %v", st.Mode(), err)
	}

	// What is there and right is not copied: its times stay. What is wrong is.
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(filepath.Join(w.dir, "z.csv"), old, old); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"z\n", "y\n"} {
		w.ok("again", shellTaskOf(`[ "$(cat z.csv)" = z ]`, gets("z.csv")))
		st, err := os.Stat(filepath.Join(w.dir, "z.csv"))
		if err != nil || st.ModTime().Equal(old) != (want == "z\n") {
			t.Errorf("%v %v", st.ModTime(), err)
		}
		write(t, w.dir, "z.csv", "y\n")
		if want == "z\n" {
			if err := os.Chtimes(filepath.Join(w.dir, "z.csv"), old, old); err != nil {
				t.Fatal(err)
			}
		}
		if want == "y\n" {
			w.ok("again", shellTaskOf(`[ "$(cat z.csv)" = z ]`, gets("z.csv")))
		}
	}

	ran := filepath.Join(w.dir, "ran")
	rec := w.fails("none", shellTaskOf("touch ran", gets("*.parquet")), `"*.parquet"`, "no file in the catalog matches", "d/y.txt")
	if _, err := os.Stat(ran); err == nil || rec.Failure.Kind != engine.KindData {
		t.Error("the task ran without its files")
	}
	w.fails("leave", shellTaskOf("true", gets("../x")), "leaves the working folder")

	// A newer version hides an older one.
	w.ok("newer", shellTaskOf("echo new >z.csv", puts("z.csv")))
	w.clear()
	w.ok("reads", shellTaskOf(`[ "$(cat z.csv)" = new ]`, gets("z.csv")))
}

func TestCatalogGetIsConfined(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	w.ok("a", shellTaskOf("mkdir d; echo 1 >d/f; echo 2 >g", puts(".")))
	w.clear()
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(w.dir, "d")); err != nil {
		t.Fatal(err)
	}
	w.fails("b", shellTaskOf("true", gets("d/f")), "leads out of the working folder")
	if entries, _ := os.ReadDir(outside); len(entries) != 0 {
		t.Errorf("written outside: %v", entries)
	}
	// A link in the file's place is replaced, not followed.
	write(t, outside, "target", "keep")
	if err := os.Symlink(filepath.Join(outside, "target"), filepath.Join(w.dir, "g")); err != nil {
		t.Fatal(err)
	}
	w.ok("c", shellTaskOf(`[ "$(cat g)" = 2 ]`, gets("g")))
	if got := read(t, filepath.Join(outside, "target")); got != "keep" {
		t.Errorf("outside now holds %q", got)
	}
	if err := os.MkdirAll(filepath.Join(w.dir, "g2"), 0o755); err != nil {
		t.Fatal(err)
	}
	// Records are data too: a path in one cannot lead out.
	bad := engine.File{Path: "../evil", Hash: "00"}
	w.scope = w.scope.With(&engine.Entry{Key: engine.FileKey("../evil"), Files: []engine.File{bad}})
	w.fails("d", shellTaskOf("true", gets("**")), "leaves the working folder")
}

func TestCatalogNoCopy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	c := puts("f")
	c.NoCopy = true
	rec := w.ok("a", shellTaskOf("echo 1 >f", c))
	if !rec.Files[0].NoCopy || rec.Files[0].Hash != "4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865" {
		t.Errorf("%+v", rec.Files)
	}
	if has, err := w.st.HasBlob(context.Background(), engine.Blob{Hash: rec.Files[0].Hash, Size: 2}); has || err != nil {
		t.Errorf("copied: %t %v", has, err)
	}
	w.ok("b", shellTaskOf("true", gets("f")))
	w.fails("c", shellTaskOf("true", gets("nothing")), "no file")
	write(t, w.dir, "f", "2\n")
	w.fails("d", shellTaskOf("true", gets("f")), "has changed since")
	w.clear()
	w.fails("e", shellTaskOf("true", gets("f")), "is not here")
}

func TestCatalogItems(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	var files []engine.File
	for _, item := range []string{"0", "1", "2.1"} {
		rec := w.ok("m."+item+".x", shellTaskOf("mkdir -p d; echo "+item+" >d/f", puts("d")))
		f := rec.Files[0]
		f.Stage, f.Item = "", item
		files = append(files, f)
	}
	single := files[0]
	w.scope = w.scope.With(
		&engine.Entry{Key: engine.FileKey("d/f"), Files: files},
		&engine.Entry{Key: engine.FileKey("d/single"), Files: []engine.File{single}},
	)
	w.clear()
	rec := w.fails("a", shellTaskOf("true", gets("d/*")), "items 0, 1, 2.1", "{item}/d/*")
	if rec.Failure.Kind != engine.KindData {
		t.Error(rec.Failure)
	}
	rec = w.ok("b", shellTaskOf(`[ "$(cat 2.1/d/f)" = 2.1 ] && [ "$(cat 0/d/single)" = 0 ]`, gets("{item}/d/*")))
	if got := names(rec, engine.StageGet); got != "0/d/f 0/d/single 1/d/f 2.1/d/f" {
		t.Errorf("got %s", got)
	}
	w.ok("c", shellTaskOf(`[ "$(cat d/single)" = 0 ]`, gets("d/single")))
}

func TestManyFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	rec := w.ok("a", shellTaskOf(`mkdir d; i=0; while [ $i -lt 500 ]; do echo $((i % 7)) >d/$i; i=$((i + 1)); done`, puts("d")))
	if len(rec.Files) != 500 || !slices.IsSortedFunc(rec.Files, func(a, b engine.File) int { return strings.Compare(a.Path, b.Path) }) {
		t.Errorf("%d files", len(rec.Files))
	}
	w.clear()
	w.ok("b", shellTaskOf(`[ "$(ls d | wc -l)" -eq 500 ] && [ "$(cat d/13)" = 6 ]`, gets("d")))
}

// TestLogOfAStepThatSaysNothing: there is none, and the record names none.
func TestLogOfAStepThatSaysNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	for script, says := range map[string]bool{"true": false, "echo a": true} {
		rec := w.ok("s", shellTaskOf(script, nil))
		f, err := w.st.OpenLog(t.Context(), "r", rec.Path, rec.Attempt)
		if err == nil {
			_ = f.Close()
		}
		if (err == nil) != says || (rec.Log != "") != says {
			t.Errorf("%s: record names %q, %v", script, rec.Log, err)
		}
	}
}

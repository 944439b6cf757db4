//go:build unix

package app_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/app"
)

// storeCommands are those that read a store. None starts a server, and a retry starts scripts alone.
var storeCommands = [][]string{
	{"runs", "list"}, {"runs", "show", "r"}, {"runs", "logs", "r"}, {"runs", "compare", "r", "s"}, {"runs", "timeline", "r"}, {"runs", "export", "r"},
	{"runs", "metrics"}, {"runs", "best", "--metric", "n"}, {"runs", "lineage", "r", "n"}, {"catalog", "ls", "r"}, {"catalog", "get", "r", "*.txt", "--to", "out"}, {"catalog", "diff", "r", "s"},
	{"report", "r", "-o", "r.html"}, {"cache", "ls"}, {"cache", "why", "a", "p.yaml"}, {"run", "p.yaml", "--dry-run"},
	{"retry", "r"}, {"store", "gc"}, {"runs", "rm", "r"},
}

const hostileDefinition = `
dag:
  steps:
    a:
      type: task
      command_type: shell
      command: 'echo said; echo text > f.txt; export n=1; export big="$(printf %5000s x)"'
      returns: [{name: n, kind: metric}, {name: big}]
      catalog: {put: [f.txt]}
      cache: true
    m:
      type: map
      iterate_on: xs
      iterate_as: x
      branch: {steps: {s: {type: stub}}}
    b: {type: task, command_type: shell, command: 'cat f.txt; exit 1', catalog: {get: [f.txt]}}
`

// call runs a command in this process and tells its code, and what it said.
func call(t testing.TB, dir string, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	args = slices.Clone(args)
	for i, arg := range args {
		if slices.Contains([]string{"p.yaml", "r.html", "out"}, arg) {
			args[i] = filepath.Join(dir, arg)
		}
	}
	code := app.Main(app.Options{}, append(args, "--store", filepath.Join(dir, ".runnable")), strings.NewReader(""), &out, &out)
	return code, out.String()
}

// hostileStore makes a folder with a definition and a store of two runs of it, and names an object of each kind.
func hostileStore(t testing.TB, dir string) []string {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "p.yaml"), []byte(hostileDefinition), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, run := range []string{"r", "s"} {
		if code, said := call(t, dir, "run", "p.yaml", "--run-id", run, "--param", "xs=[1,2]"); code != 1 {
			t.Fatalf("%d\n%s", code, said)
		}
	}
	call(t, dir, "runs", "list") // which writes the index
	kinds := map[string]string{}
	store := filepath.Join(dir, ".runnable")
	err := filepath.WalkDir(store, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		key, err := filepath.Rel(store, path)
		first, _, _ := strings.Cut(key, "/")
		if !strings.HasPrefix(key, "runs/s/") {
			kinds[first+" "+filepath.Base(filepath.Dir(key))[:1]+" "+filepath.Base(key)[:1]+" "+filepath.Ext(key)] = key
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, key := range kinds {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// damages are what somebody can put in the place of an object.
var damages = map[string]func(file string) error{
	"pipe":           func(file string) error { return syscall.Mkfifo(file, 0o600) },
	"folder":         func(file string) error { return os.Mkdir(file, 0o700) },
	"link out":       func(file string) error { return os.Symlink("/etc/passwd", file) },
	"without an end": func(file string) error { return errors.Join(written(file, "{"), os.Truncate(file, 1<<42)) },
	"null":           func(file string) error { return written(file, "null") },
	"a list":         func(file string) error { return written(file, "[{}]") },
	"deep":           func(file string) error { return written(file, strings.Repeat("[", 1<<20)) },
	"no text":        func(file string) error { return written(file, "\xff\x00\x1b[2J") },
	"of another's fields": func(file string) error {
		return written(file, `{"version":"x","run":1,"path":[],"returns":{},"runs":3}`)
	},
}

func written(file, text string) error { return os.WriteFile(file, []byte(text), 0o600) }

// Whatever stands in the place of an object of a store, every command that may read it ends, with a code that is
// documented and a text.
func TestHostileStore(t *testing.T) {
	t.Parallel()
	made := t.TempDir()
	keys := hostileStore(t, made)
	if len(keys) < 12 {
		t.Fatalf("kinds of objects: %q", keys)
	}
	for _, key := range keys {
		for what, damage := range damages {
			t.Run(key+" "+what, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				if err := os.CopyFS(dir, os.DirFS(made)); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(dir, ".runnable", key)
				if err := errors.Join(os.Remove(file), damage(file)); err != nil {
					t.Fatal(err)
				}
				ends(t, dir, strings.Contains(key, "/logs/") && (what == "without an end" || what == "no text"), storeCommands)
			})
		}
	}
}

// ends runs commands one after another.
func ends(t *testing.T, dir string, log bool, commands [][]string) {
	t.Helper()
	for _, args := range commands {
		if log && args[1] == "logs" {
			continue // it prints what is there, as it is
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			code, said := call(t, dir, args...)
			if code < 0 || code > 5 || code != 0 && said == "" || strings.ContainsAny(said, "\x1b\x00") || strings.Contains(said, "goroutine ") || strings.Contains(said, "root:x:0") {
				t.Errorf("%s: %d, %q", args, code, said)
			}
		}()
		select {
		case <-done:
		case <-time.After(2 * time.Minute):
			t.Fatalf("%s does not end", args)
		}
	}
}

// FuzzStore puts any bytes in the place of an object of each kind: every command that may read it ends, with a code that is
// documented and a text that a terminal shows.
func FuzzStore(f *testing.F) {
	for _, text := range []string{"", "null", "{}", `{"version":1}`, `{"version":1,"run":"r","definition":{}}`, `{"key":"x","record":{"path":"../..","files":[{"path":"/etc/x"}]}}`, "[[[["} {
		for object := range byte(16) {
			f.Add(object, object, []byte(text))
		}
	}
	dir := f.TempDir()
	keys := hostileStore(f, dir)
	f.Fuzz(func(t *testing.T, object, command byte, data []byte) {
		key := keys[int(object)%len(keys)]
		file := filepath.Join(dir, ".runnable", key)
		was, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := os.WriteFile(file, was, 0o600); err != nil {
				t.Fatal(err)
			}
		}()
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		readers := storeCommands[:len(storeCommands)-3]
		ends(t, dir, strings.Contains(key, "/logs/"), readers[int(command)%len(readers):][:1])
	})
}

package step

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

const (
	mine    = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	another = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
)

// With RUNNABLE_OBJECTS=own an object is unpickled only as this user's own runs wrote it, from wherever it comes.
func TestOnlyOwnObjects(t *testing.T) {
	t.Parallel()
	with := func(vars ...string) *Runtime {
		r := New(Options{Cold: true, NoKeyFile: true, Environ: append(os.Environ(), vars...)})
		t.Cleanup(func() { _ = r.Close() })
		return r
	}
	own := with("RUNNABLE_OBJECTS=own", "RUNNABLE_OBJECTS_KEY="+mine)
	job := pythonJob(t, "functions.obj", nil, "o:object", "mm:metric")
	made, log := execute(t, own, job)
	wantSuccess(t, made, log, "o=object mm=0.5")
	blob := made.Returns[0].Value.Blob
	data, err := job.Blobs.Get(*blob)
	if err != nil {
		t.Fatal(err)
	}
	unsigned, log := execute(t, with(), job)
	wantSuccess(t, unsigned, log, "o=object mm=0.5")
	use := func(r *Runtime, v engine.Value) (Result, string) {
		t.Helper()
		next := pythonJob(t, "functions.use_obj", []engine.Named{{Name: "o", Value: v}, {Name: "mm", Value: made.Returns[1].Value}}, "r")
		next.Blobs = job.Blobs
		return execute(t, r, next)
	}
	object := func(text []byte) engine.Value {
		t.Helper()
		b, err := job.Blobs.Put(text)
		if err != nil {
			t.Fatal(err)
		}
		return engine.Value{Kind: ir.Object, Blob: &b}
	}
	for what, c := range map[string]struct {
		runtime *Runtime
		value   engine.Value
	}{
		"own":                             {own, made.Returns[0].Value},
		"own, by who trusts every store":  {with(), made.Returns[0].Value},
		"unsigned, by who trusts stores":  {with("RUNNABLE_OBJECTS=any"), unsigned.Returns[0].Value},
		"unsigned, in a list with no key": {with(), unsigned.Returns[0].Value},
	} {
		res, log := use(c.runtime, c.value)
		if res.Failure != nil {
			t.Errorf("%s: %+v\n%s", what, res.Failure, log)
		}
	}
	changed := bytes.Replace(data, []byte("."), []byte(","), 1)
	for what, c := range map[string]struct {
		runtime *Runtime
		value   engine.Value
		want    string
	}{
		"unsigned":         {own, unsigned.Returns[0].Value, "was not written by a run of this user"},
		"changed":          {own, object(changed), "was not written by a run of this user"},
		"cut":              {own, object(data[:len(data)-1]), "was not written by a run of this user"},
		"of another":       {with("RUNNABLE_OBJECTS=own", "RUNNABLE_OBJECTS_KEY="+another), made.Returns[0].Value, "was not written by a run of this user"},
		"nothing":          {own, object(nil), "was not written by a run of this user"},
		"one of a list":    {own, engine.Value{Kind: ir.Object, Items: []engine.Value{made.Returns[0].Value, unsigned.Returns[0].Value}}, "was not written by a run of this user"},
		"without a key":    {with("RUNNABLE_OBJECTS=own"), made.Returns[0].Value, "needs the key in RUNNABLE_OBJECTS_KEY"},
		"with a bad key":   {with("RUNNABLE_OBJECTS=own", "RUNNABLE_OBJECTS_KEY=x"), made.Returns[0].Value, "is not 64 hexadecimal digits"},
		"with a bad value": {with("RUNNABLE_OBJECTS=mine"), made.Returns[0].Value, "want own or any"},
	} {
		res, log := use(c.runtime, c.value)
		if res.Failure == nil || res.Failure.Kind != engine.KindData || !strings.Contains(res.Failure.Message, c.want) {
			t.Errorf("%s: %+v\n%s", what, res.Failure, log)
		}
		if strings.Contains(res.Failure.Message, mine) {
			t.Errorf("%s: the message holds the key", what)
		}
	}
	if res, log := execute(t, with("RUNNABLE_OBJECTS=own"), job); res.Failure == nil || !strings.Contains(res.Failure.Message, "needs the key") {
		t.Errorf("an object is kept without a key: %+v\n%s", res.Failure, log)
	}
}

// The key is made once, for this user alone; a task does not see the one that stands in a variable.
func TestObjectsKey(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Setenv("HOME", dir)
	vars := []string{"RUNNABLE_OBJECTS=own"}
	first, err := newSealer(vars, true)
	if err != nil {
		t.Fatal(err)
	}
	again, err := newSealer(vars, true)
	if err != nil || !bytes.Equal(first.key, again.key) {
		t.Fatalf("another key: %v", err)
	}
	config, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(config, "runnable-render", "objects.key")
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".key-*")); left != nil {
		t.Errorf("left behind: %q", left)
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := newSealer(vars, true); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others can read: %v", err)
	}
	if seen := newUserEnviron(Options{Environ: []string{keyVariable + "=" + mine, "A=b"}}); len(seen.base) != 1 {
		t.Errorf("a task sees %v", seen.base)
	}
}

// A notebook signs the objects that it returns, and loads none of another.
func TestOnlyOwnObjectsInNotebooks(t *testing.T) {
	t.Parallel()
	if skips("notebook") {
		t.Skip("SKIP=notebook")
	}
	py, err := notebookPython()
	if err != nil {
		t.Fatal(err)
	}
	with := func(vars ...string) *Runtime {
		return runtimeFor(t, Options{Python: py, NoKeyFile: true, Environ: append(os.Environ(), vars...)})
	}
	own := []string{"RUNNABLE_OBJECTS=own", "RUNNABLE_OBJECTS_KEY=" + mine}
	job := pythonJob(t, "functions.use_obj", nil, "r")
	notebook(t, job.Dir, "a.ipynb", "o = {'n': 1}")
	made := notebookJob(t, job.Dir, "a.ipynb", nil, "o:object")
	made.Blobs = job.Blobs
	objects := map[string]engine.Value{}
	for name, r := range map[string]*Runtime{"signed": with(own...), "unsigned": with()} {
		res, log := execute(t, r, made)
		if res.Failure != nil {
			t.Fatalf("%s: %+v\n%s", name, res.Failure, log)
		}
		objects[name] = res.Returns[0].Value
	}
	notebook(t, job.Dir, "b.ipynb", "o = 'of its own'")
	for name, want := range map[string]string{"signed": "", "unsigned": "was not written by a run of this user"} {
		params := []engine.Named{{Name: "o", Value: objects[name]}}
		take := pythonJob(t, "functions.keep", params, "r")
		take.Blobs = job.Blobs
		write(t, take.Dir, "functions.py", "def keep(o):\n    return o['n']\n")
		res, log := execute(t, with(own...), take)
		if (res.Failure == nil) != (want == "") || res.Failure != nil && !strings.Contains(res.Failure.Message, want) {
			t.Errorf("a step that takes the %s one: %+v\n%s", name, res.Failure, log)
		}
		bind := notebookJob(t, job.Dir, "b.ipynb", params, "o")
		bind.Blobs = job.Blobs
		if res, log := execute(t, with(own...), bind); res.Failure != nil {
			t.Errorf("a notebook with a name like the %s one: %+v\n%s", name, res.Failure, log)
		}
	}
}

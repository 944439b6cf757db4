package golden

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/internal/diff"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
	"gopkg.in/yaml.v3"
)

// TestDiffForeseesRuns runs cases with every task cached, edits one of their tasks, and runs them again: the tasks that run are
// those that diff has told. An edit that leaves the results as they are lets those alone run whose own key is another; one
// that gives another value may let others run that take it.
func TestDiffForeseesRuns(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"cache-hit", "python-inputs", "needs-diamond", "nest-map-loop-parallel", "parallel-merge"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := Load(name)
			if err != nil {
				t.Fatal(err)
			}
			w := &foreseen{T: t, c: c, dir: filepath.Join(t.TempDir(), name)}
			if err := os.CopyFS(w.dir, os.DirFS(c.Dir)); err != nil {
				t.Fatal(err)
			}
			w.ran("pipeline.yaml")
			always := w.ran("pipeline.yaml") // what no cache keeps from running
			tasks := w.tasks()
			w.edited("first.yaml", tasks[0], false, always)
			w.edited("last.yaml", tasks[len(tasks)-1], false, always)
			w.edited("value.yaml", tasks[0], true, always)
		})
	}
}

// foreseen is a case whose runs are compared with what is told of them.
type foreseen struct {
	*testing.T
	c   *Case
	dir string
}

func (w *foreseen) main(args ...string) []byte {
	w.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir, cmd.Env = w.dir, environment(w.c)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && stdout.Len() == 0 {
		w.Fatalf("%v: %v\n%s", args, err, stderr.Bytes())
	}
	return stdout.Bytes()
}

func (w *foreseen) pipeline(file string) *ir.Pipeline {
	w.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, file))
	if err != nil {
		w.Fatal(err)
	}
	p, list := yamldef.Parse(file, text)
	if p != nil {
		list = append(list, ir.Check(p)...)
	}
	if list.HasErrors() {
		w.Fatal(list)
	}
	return p
}

// ran runs a definition with every task cached and returns the tasks that were not.
func (w *foreseen) ran(file string) map[string]bool {
	w.Helper()
	var sum struct {
		Steps []struct{ Path, Kind, Status string }
	}
	args := slices.Concat([]string{"run", "--cache", "--format", "json"}, w.c.Args())
	args[slices.Index(args, "pipeline.yaml")] = file
	if err := json.Unmarshal(w.main(args...), &sum); err != nil {
		w.Fatal(err)
	}
	p, out := w.pipeline(file), map[string]bool{}
	for _, s := range sum.Steps {
		if node, err := engine.NodeAt(p, s.Path); err == nil && s.Status != string(engine.Cached) {
			if _, task := node.(*ir.Task); task {
				out[engine.StaticPath(p, s.Path)] = true
			}
		}
	}
	return out
}

// tasks are the paths of the tasks.
func (w *foreseen) tasks() []string {
	var out []string
	for v := range ir.Walk(w.pipeline("pipeline.yaml")) {
		if _, ok := v.Node.(*ir.Task); ok {
			out = append(out, v.Path)
		}
	}
	return out
}

// edited edits one task, and compares what runs with what is told. A value is another return of a script.
func (w *foreseen) edited(file, task string, value bool, always map[string]bool) {
	w.Helper()
	if !w.write(file, task, value) {
		return
	}
	var told diff.Document
	if err := json.Unmarshal(w.main("diff", "--cache", "--format", "json", "pipeline.yaml", file), &told); err != nil || told.Definitions[0].Effects == nil {
		w.Fatalf("%s: %v, %+v", file, err, told)
	}
	certain, possible := maps.Clone(always), maps.Clone(always)
	for _, a := range told.Definitions[0].Effects.Again {
		certain[a.Path], possible[a.Path] = true, true
	}
	for _, a := range told.Definitions[0].Effects.Perhaps {
		possible[a.Path] = true
	}
	ran := w.ran(file)
	if !value && !maps.Equal(ran, certain) {
		w.Errorf("%s, %s edited: told %v, ran %v", file, task, certain, ran)
	}
	for path := range ran {
		if !possible[path] {
			w.Errorf("%s, %s gives another value: %s ran; told %v", file, task, path, possible)
		}
	}
	if !ran[task] {
		w.Errorf("%s: %s did not run", file, task)
	}
}

// write writes the definition with one task edited, and reports whether the edit has a meaning for it.
func (w *foreseen) write(file, path string, value bool) bool {
	w.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, "pipeline.yaml"))
	if err != nil {
		w.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		w.Fatal(err)
	}
	var task *ir.Task
	for v := range ir.Walk(w.pipeline("pipeline.yaml")) {
		if v.Path == path {
			task = v.Node.(*ir.Task)
		}
	}
	n := at(&doc, task.Span.Line, task.Span.Col)
	if n == nil {
		w.Fatalf("%s has no place", path)
	}
	if value {
		script, ok := task.Command.(*ir.Shell)
		if !ok || len(task.Returns) == 0 {
			return false
		}
		set(n, "command", script.Script+"\nexport "+task.Returns[0].Name+"=1234\n")
	} else {
		set(n, "env", map[string]string{"MUTATED": "1"})
	}
	out, err := yaml.Marshal(&doc)
	if err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.dir, file), out, 0o600); err != nil {
		w.Fatal(err)
	}
	return true
}

// at is the value of the key that stands at a place.
func at(n *yaml.Node, line, col int) *yaml.Node {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && c.Line == line && c.Column == col {
			return n.Content[i+1]
		}
		if found := at(c, line, col); found != nil {
			return found
		}
	}
	return nil
}

// set gives a key of a mapping a value.
func set(n *yaml.Node, key string, value any) {
	var v yaml.Node
	_ = v.Encode(value) // a text or texts
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content[i+1] = &v
			return
		}
	}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &v)
}

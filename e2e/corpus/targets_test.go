//go:build e2e

package corpus

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/backends/argo"
	"github.com/runnable-render/runnable-render/backends/compose"
	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/frontends/wfformat"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/progress"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

const (
	image       = "registry.example/app:1"
	objectLimit = 1 << 20 // bytes of an object that etcd takes, with room for what the run adds
	bytesATask  = 310     // on average over the corpus, without comments and the definition
)

// manifest is what the test reads of a Workflow.
type manifest struct {
	Spec struct {
		Arguments struct {
			Parameters []struct{ Name, Value string }
		}
		Templates []struct {
			Name string
			DAG  struct {
				Tasks []struct {
					Name      string
					Template  string
					Depends   string
					Arguments struct {
						Parameters []struct{ Name, Value string }
					}
				}
			}
		}
	}
}

func TestArgo(t *testing.T) {
	t.Parallel()
	var sum totals
	for _, in := range instances(t) {
		files, list := argo.Render(in.pipeline(t, wfformat.Options{}), argo.Options{Image: image})
		if list.HasErrors() {
			t.Errorf("%s: %v", in.name, list)
			continue
		}
		text := files[argo.SingleFile]
		var m manifest
		if err := yaml.Unmarshal(text, &m); err != nil {
			t.Fatalf("%s: %v", in.name, err)
		}
		in.same(t, in.name+": the definition in the object", definitionOf(t, &m).Graph)
		in.scheduled(t, &m)
		if len(text) > objectLimit {
			t.Errorf("%s: the object is %d bytes", in.name, len(text))
		}
		sum.instances++
		sum.tasks += len(in.tasks)
		sum.edges += len(in.edges)
		sum.bytes += plain(t, text)
		sum.largest = max(sum.largest, len(text))
	}
	if sum.bytes > bytesATask*sum.tasks {
		t.Errorf("more than %d bytes a task: %v", bytesATask, sum)
	}
	t.Log(sum)
}

// plain is the size of an object without comments and without the definition.
func plain(t *testing.T, text []byte) int {
	t.Helper()
	size, inside := 0, false
	for line := range strings.Lines(string(text)) {
		trimmed := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case strings.HasPrefix(trimmed, "- name: definition"):
			inside = true
			continue
		case inside && indent > len("    "):
			continue
		}
		inside = false
		if !strings.HasPrefix(trimmed, "#") {
			size += len(line)
		}
	}
	return size
}

// definitionOf is the pipeline that travels in an object.
func definitionOf(t *testing.T, m *manifest) *ir.Pipeline {
	t.Helper()
	for _, p := range m.Spec.Arguments.Parameters {
		if p.Name != "definition" {
			continue
		}
		return decoded(t, []byte(p.Value))
	}
	t.Fatal("the object holds no definition")
	return nil
}

func decoded(t *testing.T, text []byte) *ir.Pipeline {
	t.Helper()
	if packed, ok := bytes.CutPrefix(text, []byte("gz:")); ok {
		r, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(packed)))
		if err != nil {
			t.Fatal(err)
		}
		if text, err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	p, err := irjson.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// scheduled compares the tasks that Argo schedules with the instance: one for each, which waits for those of its
// parents and for no others. A large graph comes in parts: where an edge leads from one to another, the whole part waits.
// Task on-exit closes the run and is none of them.
func (in *instance) scheduled(t *testing.T, m *manifest) {
	t.Helper()
	graph := in.pipeline(t, wfformat.Options{}).Graph
	part := make([]string, len(in.tasks)) // of each task
	var edges []edge
	for _, tmpl := range m.Spec.Templates {
		if tmpl.Name == "on-exit" {
			continue
		}
		index := map[string]int{}
		for _, task := range tmpl.DAG.Tasks {
			for _, p := range task.Arguments.Parameters {
				if p.Name != "path" {
					continue
				}
				path, err := url.PathUnescape(p.Value)
				if err != nil {
					t.Fatal(err)
				}
				i := graph.Index(path)
				if part[i] != "" {
					t.Errorf("%s: %s stands twice in the object", in.name, in.tasks[i])
				}
				index[task.Name], part[i] = i, tmpl.Name
			}
		}
		for _, task := range tmpl.DAG.Tasks {
			for before := range strings.SplitSeq(task.Depends, " && ") {
				if from, step := index[strings.TrimSuffix(before, ".Succeeded")]; step {
					edges = append(edges, edge{from, index[task.Name]})
				}
			}
		}
	}
	if slices.Contains(part, "") {
		t.Errorf("%s: a task is not in the object", in.name)
	}
	waits := m.waits()
	want := slices.Clone(in.edges)
	want = slices.DeleteFunc(want, func(e edge) bool {
		from, to := part[e.from], part[e.to]
		if from != to && !waits[to][from] {
			t.Errorf("%s: the part of %s does not wait for that of %s", in.name, in.tasks[e.to], in.tasks[e.from])
		}
		return from != to
	})
	slices.SortFunc(edges, compareEdges)
	if !slices.Equal(edges, want) {
		t.Errorf("%s: within its parts the object has %d edges, the instance %d, or others", in.name, len(edges), len(want))
	}
}

// waits are, for the template of each part of a graph, those of all parts that end before it starts.
func (m *manifest) waits() map[string]map[string]bool {
	waits, template := map[string]map[string]bool{}, map[string]string{}
	name := regexp.MustCompile(`part-[0-9]+`)
	for _, tmpl := range m.Spec.Templates {
		for _, task := range tmpl.DAG.Tasks { // in an order in which they can run
			if !name.MatchString(task.Name) {
				continue
			}
			template[task.Name] = task.Template
			before := map[string]bool{}
			for _, other := range name.FindAllString(task.Depends, -1) {
				before[template[other]] = true
				maps.Copy(before, waits[template[other]])
			}
			waits[task.Template] = before
		}
	}
	return waits
}

// TestCompose renders every instance and reads the plan back: its order is that of the instance.
func TestCompose(t *testing.T) {
	t.Parallel()
	var sum totals
	for _, in := range instances(t) {
		files, list := compose.Render(in.pipeline(t, wfformat.Options{}), compose.Options{Image: image})
		if list.HasErrors() {
			t.Errorf("%s: %v", in.name, list)
			continue
		}
		text := files[compose.FileName]
		in.planned(t, text)
		sum.instances++
		sum.tasks += len(in.tasks)
		sum.edges += len(in.edges)
		sum.bytes += len(text)
		sum.largest = max(sum.largest, len(text))
	}
	t.Log(sum)
}

// planned compares a plan with the instance: a service for each task, which waits for those of its parents and for no
// others.
func (in *instance) planned(t *testing.T, text []byte) {
	t.Helper()
	var plan struct {
		Services map[string]struct {
			Command   []string
			DependsOn map[string]any `yaml:"depends_on"`
		}
	}
	if err := yaml.Unmarshal(text, &plan); err != nil {
		t.Fatalf("%s: %v", in.name, err)
	}
	p := in.pipeline(t, wfformat.Options{})
	serviceOf := make([]string, len(p.Graph.Nodes))
	for name, s := range plan.Services {
		if len(s.Command) == 2 && s.Command[0] == "run" {
			path, err := url.PathUnescape(s.Command[1])
			if err != nil {
				t.Fatal(err)
			}
			serviceOf[p.Graph.Index(path)] = name
		}
	}
	var edges []edge
	index := map[string]int{}
	for i, service := range serviceOf {
		if service == "" {
			t.Fatalf("%s: %s has no service", in.name, in.tasks[i])
		}
		index[service] = i
	}
	for to, service := range serviceOf {
		for before := range plan.Services[service].DependsOn {
			if from, step := index[before]; step {
				edges = append(edges, edge{from, to})
			}
		}
	}
	slices.SortFunc(edges, compareEdges)
	if !slices.Equal(edges, in.edges) {
		t.Errorf("%s: the plan has %d edges, the instance %d, or others", in.name, len(edges), len(in.edges))
	}
}

// watcher notes in which order steps start and end.
type watcher struct {
	sync.Mutex
	count          int
	started, ended map[string]int
}

func (w *watcher) Close() {}

func (w *watcher) Show(e progress.Event) {
	w.Lock()
	defer w.Unlock()
	w.count++
	switch e := e.(type) {
	case progress.StepStarted:
		w.started[e.Path] = w.count
	case progress.StepEnded:
		w.ended[e.Path] = w.count
	}
}

// TestRun runs every instance as stubs: every task once, none before one of its parents has ended and is recorded.
func TestRun(t *testing.T) {
	t.Parallel()
	var sum totals
	for _, in := range instances(t) {
		p := in.pipeline(t, wfformat.Options{AsStubs: true})
		w := &watcher{started: map[string]int{}, ended: map[string]int{}}
		in.run(t, p, w)
		names := p.Graph.Names()
		if len(w.ended) != len(in.tasks) {
			t.Errorf("%s: %d steps ran, the instance has %d tasks", in.name, len(w.ended), len(in.tasks))
		}
		for _, e := range in.edges {
			if from, to := w.ended[names[e.from]], w.started[names[e.to]]; from == 0 || to < from {
				t.Fatalf("%s: %s started before %s had ended", in.name, in.tasks[e.to], in.tasks[e.from])
			}
		}
		sum.instances++
		sum.tasks += len(in.tasks)
		sum.edges += len(in.edges)
	}
	t.Log(sum)
}

// run runs a pipeline in a store of its own and compares the records with the steps.
func (in *instance) run(t *testing.T, p *ir.Pipeline, w *watcher) {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	st, err := store.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	text, err := irjson.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.CreateRun(ctx, engine.Header{Run: "r", Pipeline: p.Name, Definition: text}); err != nil {
		t.Fatal(err)
	}
	r := step.New(step.Options{Definition: dir})
	out, _, err := local.Run(ctx, p, local.Options{
		Run: "r", Initial: engine.InitialScope(nil), Facts: st, Display: w,
		Runner: &local.Steps{Runtime: r, Store: st, Pipeline: p, Dir: dir, Target: "local"},
	})
	if err != nil || !out.Status.OK() {
		t.Fatalf("%s: %v %v", in.name, out, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	records, err := st.ListRecords(ctx, "r")
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, rec := range records {
		if rec.Status.OK() {
			paths = append(paths, rec.Path)
		}
	}
	want := p.Graph.Names()
	slices.Sort(want)
	slices.Sort(paths)
	if !slices.Equal(paths, want) {
		t.Errorf("%s: %d records of %d steps", in.name, len(paths), len(want))
	}
}

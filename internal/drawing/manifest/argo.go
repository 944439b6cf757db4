package manifest

import (
	"fmt"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/drawing"
)

// spec is what of a Workflow is drawn.
type spec struct {
	Entrypoint string     `yaml:"entrypoint"`
	OnExit     string     `yaml:"onExit"`
	Templates  []template `yaml:"templates"`
}

type template struct {
	Name    string `yaml:"name"`
	DAG     *dag   `yaml:"dag"`
	Suspend *any   `yaml:"suspend"`
}

type dag struct {
	Tasks []yaml.Node `yaml:"tasks"`
}

type task struct {
	Name      string    `yaml:"name"`
	Template  string    `yaml:"template"`
	Depends   string    `yaml:"depends"`
	When      string    `yaml:"when"`
	WithParam string    `yaml:"withParam"`
	WithItems yaml.Node `yaml:"withItems"`
	WithSeq   yaml.Node `yaml:"withSequence"`
}

// workflow is the diagram of a Workflow from its entry point down.
func workflow(s *spec) (*drawing.Diagram, error) {
	w := &walker{templates: map[string]*template{}, inside: map[string]bool{}}
	for i := range s.Templates {
		w.templates[s.Templates[i].Name] = &s.Templates[i]
	}
	entry := w.templates[s.Entrypoint]
	if entry == nil {
		return nil, unknown("template", s.Entrypoint, "entrypoint")
	}
	if entry.DAG == nil {
		return &drawing.Diagram{Nodes: []drawing.Node{{Path: entry.Name, Name: entry.Name, Kind: "pod"}}}, nil
	}
	return w.graph(entry, "")
}

// walker follows tasks to their templates.
type walker struct {
	templates map[string]*template
	inside    map[string]bool // the templates around the current place: one that is met again is a loop's next turn
}

func (w *walker) graph(t *template, path string) (*drawing.Diagram, error) {
	d := &drawing.Diagram{}
	w.inside[t.Name] = true
	defer delete(w.inside, t.Name)
	index := map[string]int{}
	tasks := make([]task, len(t.DAG.Tasks))
	for i := range t.DAG.Tasks {
		n := &t.DAG.Tasks[i]
		if err := n.Decode(&tasks[i]); err != nil {
			return nil, err
		}
		index[tasks[i].Name] = i
		node, err := w.node(&tasks[i], n, path)
		if err != nil {
			return nil, err
		}
		d.Nodes = append(d.Nodes, node)
	}
	for i, t := range tasks {
		for _, by := range dependencies(t.Depends) {
			from, ok := index[by.name]
			if !ok {
				return nil, unknown("task", by.name, "depends of "+t.Name)
			}
			d.Edges = append(d.Edges, drawing.Edge{From: from, To: i, Failure: by.failure})
		}
	}
	return d, nil
}

func (w *walker) node(t *task, n *yaml.Node, path string) (drawing.Node, error) {
	to := w.templates[t.Template]
	if to == nil {
		return drawing.Node{}, unknown("template", t.Template, "task "+t.Name)
	}
	out := drawing.Node{Path: join(path, t.Name), Name: t.Name, Kind: "pod"}
	first := n
	if len(n.Content) > 0 {
		first = n.Content[0]
	}
	out.Detail = comment(n, first)
	if out.Detail == "" {
		out.Detail = t.Template
	}
	for _, f := range [][2]string{{"template", t.Template}, {"depends", t.Depends}, {"when", t.When}, {"fans out over", t.WithParam}} {
		if f[1] != "" {
			out.Facts = append(out.Facts, drawing.Fact{Label: f[0], Text: f[1]})
		}
	}
	out.Facts = append(out.Facts, source(n))
	switch {
	case w.inside[to.Name]:
		out.Kind, out.Detail = "again", "once more "+to.Name
	case to.Suspend != nil:
		out.Kind = "suspend"
	case to.DAG != nil:
		out.Kind = "dag"
		inner, err := w.graph(to, out.Path)
		if err != nil {
			return out, err
		}
		out.Groups = []drawing.Group{{Name: to.Name, Diagram: inner}}
	}
	if t.WithParam != "" || t.WithItems.Kind != 0 || t.WithSeq.Kind != 0 {
		out.Name += " ×n"
	}
	return out, nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}

// dependency is a task that another depends on; failure says that it runs only where that failed.
type dependency struct {
	name    string
	failure bool
}

var reference = regexp.MustCompile(`([A-Za-z0-9_-]+)(?:\.(Succeeded|Failed|Errored|Skipped|Omitted|Daemoned|AnySucceeded|AllFailed))?`)

// dependencies are the tasks that an expression names, in its order. A task whose failure alone counts leads on by
// its failure.
func dependencies(depends string) []dependency {
	var out []dependency
	at := map[string]int{}
	good := map[string]bool{}
	for _, m := range reference.FindAllStringSubmatch(depends, -1) {
		name, result := m[1], m[2]
		if _, seen := at[name]; !seen {
			at[name] = len(out)
			out = append(out, dependency{name: name})
		}
		if !strings.Contains("Failed Errored AllFailed", fmt.Sprint(result)) || result == "" {
			good[name] = true
		}
	}
	for i := range out {
		out[i].failure = !good[out[i].name]
	}
	return out
}

// Package yamldef reads YAML definitions: Runnable's, with this project's additions (docs/semantics.md, 1).
//
// The package builds the shape of a pipeline, with the place of everything, and reports all mistakes in the text, its
// keys and its values at once. [ir.Check] checks whether names refer to something and whether the graph makes sense.
// Types are those of YAML 1.2: `yes` is text, 014 is fourteen, dates are text.
package yamldef

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Parse reads a definition. file is the name under which diagnostics know it; nothing is read from disk.
//
// The pipeline is nil when the text holds none; otherwise it has every part that could be understood, and may be
// used if the list has no errors.
func Parse(file string, src []byte) (*ir.Pipeline, diag.List) {
	r := newReader(file)
	root := r.Reader.Parse(src)
	if root == nil || yaml12.IsNull(root) {
		if len(r.Diags) == 0 {
			r.Diags.Add(diag.Errorf("RR0001", r.At(1, 1, 1), "the file is empty; a definition starts with `dag:`, and `runnable-render init` writes one to start from"))
		}
		return nil, r.Diags.Sorted()
	}
	p := r.document(root)
	return p, r.Diags.Sorted()
}

// document reads the top level. Keys other than dag are free: anchors live there.
func (r *reader) document(root *yaml.Node) *ir.Pipeline {
	if yaml12.Deref(root).Kind != yaml.MappingNode {
		r.Errorf("RR0103", root, "a definition must be a mapping with the key dag, not %s", describe(root))
		return nil
	}
	var dag, key *yaml.Node
	var names []string
	for i := 0; i+1 < len(root.Content); i += 2 {
		if k := yaml12.Deref(root.Content[i]); k.Kind == yaml.ScalarNode {
			names = append(names, k.Value)
			if k.Value == "dag" {
				key, dag = root.Content[i], root.Content[i+1]
			}
		}
	}
	if dag == nil {
		r.noDag(root, names)
		return nil
	}
	f, ok := r.mapping(dag, "the dag", key)
	if !ok {
		return nil
	}
	p := &ir.Pipeline{Span: r.Span(key)}
	if n := f.get("name"); n != nil {
		p.Name, _ = r.text(n, `"name" of the dag`)
	}
	p.Parameters = r.parameters(f)
	p.Pods = r.named(f, "pods")
	p.Concurrency = r.concurrency(f)
	p.Schedules = r.schedules(f)
	p.Events = r.events(f)
	p.Graph = r.graphOf(f, dagTable())
	p.Description = p.Graph.Description
	p.OnSuccess, p.OnFailure = r.hooks(f, "on_success"), r.hooks(f, "on_failure")
	return p
}

// noDag says what is missing at the top level, and what was probably meant.
func (r *reader) noDag(root *yaml.Node, names []string) {
	hint := "; add it, with the steps below `dag: steps:`"
	for _, name := range names {
		switch {
		case name == "steps" || name == "start_at":
			hint = fmt.Sprintf("; put %q below it, indented", name)
		case diag.Nearest(name, []string{"dag"}) != "" || strings.EqualFold(name, "dag") || name == "pipeline":
			hint = fmt.Sprintf("; should %q be called \"dag\"?", name)
		}
	}
	r.Errorf("RR0105", root, "the definition has no key \"dag\"%s", hint)
}

// graph reads a graph: a branch, or the body of a map or loop.
func (r *reader) graph(n *yaml.Node, what string, at *yaml.Node) (*ir.Graph, bool) {
	f, ok := r.mapping(n, what, at)
	if !ok {
		return nil, false
	}
	return r.graphOf(f, graphTable()), true
}

func (r *reader) graphOf(f *fields, t table) *ir.Graph {
	g := &ir.Graph{Span: r.Span(f.at)}
	r.strayKeys(f, t)
	if n := f.get("description"); n != nil && !yaml12.IsNull(n) {
		g.Description, _ = r.text(n, f.of("description"))
	}
	if n := f.get("start_at"); n != nil {
		g.Start, _ = r.ref(n, f.of("start_at"))
	}
	n := f.get("steps")
	if n == nil {
		return g
	}
	steps, ok := r.part(f, "steps", n, f.key("steps"))
	if !ok {
		return g
	}
	for _, e := range steps.entries {
		if node := r.step(e); node != nil {
			g.Nodes = append(g.Nodes, node)
			if node.Base().Needs != nil {
				g.Style = ir.Needs
			}
		}
	}
	return g
}

// strayKeys warns of the keys of a graph that mean nothing. Runnable takes them without a word, so they are no error,
// unless they are steps that stand in the wrong place.
func (r *reader) strayKeys(f *fields, t table) {
	for _, e := range f.entries {
		if _, ok := t.find(e.Name); ok {
			continue
		}
		if _, isKind := r.kinds[e.Name]; !f.has("steps") && !isKind && looksLikeStep(e.Value) {
			r.Errorf("RR0101", e.Key, "the step %q is directly in %s; put it below the key \"steps\"", e.Name, f.what)
			continue
		}
		hint := ""
		if meant := t.meant(e.Name); meant != "" {
			hint = fmt.Sprintf("; did you mean %q?", meant)
		}
		r.warnf("RR0112", e.Key, "the key %q of %s has no effect here%s", e.Name, f.what, hint)
	}
	if !f.has("steps") && !r.Diags.HasErrors() && !f.has("start_at") {
		r.Diags.Add(diag.Warningf("RR0113", r.Span(f.at), "%s has no \"steps\"; it does nothing and succeeds", f.what))
	}
}

// looksLikeStep reports whether a value is a mapping with a type.
func looksLikeStep(n *yaml.Node) bool {
	d := yaml12.Deref(n)
	if d.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i+1 < len(d.Content); i += 2 {
		if d.Content[i].Value == "type" {
			return true
		}
	}
	return false
}

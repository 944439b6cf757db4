package yamldef

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// defaultBranch reads the key default: a graph, which becomes the branch of that name, or the name of a branch.
func (r *reader) defaultBranch(f *fields, c *ir.Conditional) {
	n := f.get("default")
	if n == nil || yaml12.IsNull(n) {
		if b := branchNamed(c.Branches, ir.DefaultBranch); b != nil {
			r.Diags.Add(diag.Warningf("RR0122", b.Span, "the branch %q of %s runs only for the value %[1]q; for all other values add the key `default: %[1]s`", b.Name, f.what))
		}
		return
	}
	if yaml12.Deref(n).Kind == yaml.MappingNode {
		if b := branchNamed(c.Branches, ir.DefaultBranch); b != nil {
			r.Diags.Add(diag.Errorf("RR0110", r.Span(f.key("default")), "%s has the key \"default\" and a branch %q, but the key makes a branch of that name; delete one, or rename the branch", f.what, ir.DefaultBranch).
				With(b.Span, "the branch is here"))
			return
		}
		c.Default = ir.DefaultBranch
		if g, ok := r.graph(n, fmt.Sprintf("branch %q of %s", ir.DefaultBranch, f.what), f.key("default")); ok {
			c.Branches = append(c.Branches, ir.Branch{Name: ir.DefaultBranch, Graph: g, Span: r.Span(f.key("default"))})
		}
		return
	}
	ref, ok := r.ref(n, f.of("default"))
	if !ok {
		return
	}
	if branchNamed(c.Branches, ref.Name) == nil {
		r.Errorf("RR0214", n, "%s names no branch %q%s", f.of("default"), ref.Name, choice(ref.Name, branchNames(c.Branches)))
		return
	}
	c.Default = ref.Name
}

// iterations reads how often a loop may run: once, at least.
func (r *reader) iterations(f *fields, name string) int {
	n := f.get(name)
	if n == nil {
		return 0
	}
	if isScalar(n, yaml12.Int) && yaml12.Fits(yaml12.Deref(n)) && yaml12.Integer(yaml12.Deref(n).Value).Sign() < 1 {
		r.Errorf("RR0305", n, "%s is %s, and a loop runs at least once; give 1 or more", f.of(name), yaml12.Deref(n).Value)
		return 0
	}
	return r.positive(f, name)
}

// body reads the key branch. What cannot be read is an empty graph, so that no walk meets a nil one.
func (r *reader) body(f *fields) *ir.Graph {
	if n := f.get("branch"); n != nil {
		if g, ok := r.graph(n, "the branch of "+f.what, f.key("branch")); ok {
			return g
		}
	}
	return &ir.Graph{Span: r.Span(f.at)}
}

// branches reads the key branches; there is at least one.
func (r *reader) branches(f *fields) []ir.Branch {
	n := f.get("branches")
	if n == nil {
		return nil
	}
	m, ok := r.part(f, "branches", n, f.key("branches"))
	if !ok {
		return nil
	}
	if len(yaml12.Deref(n).Content) == 0 {
		r.Errorf("RR0212", f.key("branches"), "%s has no branch; add one, as `name: {steps: ...}`", f.what)
	}
	out := make([]ir.Branch, 0, len(m.entries))
	for _, e := range m.entries {
		if g, ok := r.graph(e.Value, fmt.Sprintf("branch %q of %s", e.Name, f.what), e.Key); ok {
			out = append(out, ir.Branch{Name: e.Name, Graph: g, Span: r.Span(e.Key)})
		}
	}
	return out
}

// bindings reads what the parameters of a nested pipeline are bound to. A list holds names that are the same inside and
// outside.
func (r *reader) bindings(f *fields) []ir.Input {
	n := f.get("inputs")
	if n == nil || yaml12.Deref(n).Kind != yaml.SequenceNode {
		return r.inputs(f)
	}
	var out []ir.Input
	for _, ref := range r.refs(n, f.of("inputs")) {
		out = append(out, ir.Input{Arg: ref.Name, From: []string{ref.Name}, Span: ref.Span})
	}
	return out
}

// results reads the names that a nested pipeline returns: bare names, or mappings with name and as.
func (r *reader) results(f *fields) []ir.Return {
	return r.eachReturn(f, func(n *yaml.Node, name string) (ir.Return, bool) { return r.result(n, f, name) })
}

func (r *reader) result(n *yaml.Node, f *fields, what string) (ir.Return, bool) {
	if yaml12.Deref(n).Kind == yaml.ScalarNode {
		ref, ok := r.ref(n, f.of(what))
		return ir.Return{Name: ref.Name, Kind: ir.JSON, Span: ref.Span}, ok
	}
	rf, ok := r.part(f, what, n, n)
	if !ok {
		return ir.Return{}, false
	}
	r.check(rf, resultTable())
	inside := r.named(rf, "name")
	ret := ir.Return{Name: inside.Name, Kind: ir.JSON, Span: inside.Span}
	if as := r.named(rf, "as"); as.Name != "" && as.Name != inside.Name {
		ret.Name, ret.Key = as.Name, inside.Name
	}
	return ret, inside.Name != ""
}

func branchNamed(branches []ir.Branch, name string) *ir.Branch {
	for i := range branches {
		if branches[i].Name == name {
			return &branches[i]
		}
	}
	return nil
}

func branchNames(branches []ir.Branch) []string {
	names := make([]string, len(branches))
	for i, b := range branches {
		names[i] = b.Name
	}
	return names
}

package oracle

import (
	"slices"

	"github.com/runnable-render/runnable-render/ir"
)

// outside is the writer of what a graph inherits.
const outside = ""

// needsRun is one run of a graph of needs; everything is by the name of the step.
type needsRun struct {
	*evaluation
	g        *ir.Graph
	path     string
	entry    Params
	handling *Failure

	handlerOf map[string]string // the step that a handler handles
	outcomes  map[string]outcome
	writers   map[string]map[string]string // after a step that is settled: who wrote each name
}

// needs runs every step when those it needs are done. It looks through all steps again and again until nothing
// more can start.
func (e *evaluation) needs(g *ir.Graph, path string, entry Params, handling *Failure) outcome {
	r := &needsRun{
		evaluation: e, g: g, path: path, entry: entry, handling: handling,
		handlerOf: map[string]string{}, outcomes: map[string]outcome{}, writers: map[string]map[string]string{},
	}
	for _, n := range g.Nodes {
		if h := n.Base().OnFailure.Name; h != "" && !ir.IsTerminal(h) {
			r.handlerOf[h] = n.Base().Name
		}
	}
	for progress := true; progress; {
		progress = false
		for _, n := range g.Nodes {
			if r.canStart(n.Base()) {
				r.run(n)
				progress = true
			}
		}
	}
	return r.result()
}

func (r *needsRun) canStart(b *ir.Common) bool {
	if _, ran := r.outcomes[b.Name]; ran || r.handlerOf[b.Name] != "" {
		return false
	}
	for _, need := range b.Needs {
		if !r.settled(need.Name) {
			return false
		}
	}
	return true
}

// settled reports whether a step succeeded, or failed with its handler successful.
func (r *needsRun) settled(name string) bool {
	out, ran := r.outcomes[name]
	if !ran || out.failure == nil {
		return ran
	}
	switch h := r.g.Node(name).Base().OnFailure.Name; h {
	case "", ir.Fail:
		return false
	case ir.Success:
		return true
	default:
		return r.outcomes[h].failure == nil
	}
}

// run runs a step, and its handler where it fails.
func (r *needsRun) run(n ir.Node) {
	b := n.Base()
	var preds []string
	for _, need := range b.Needs {
		preds = append(preds, need.Name)
	}
	before, writers := r.merge(preds)
	out := r.node(n, joined(r.path, b.Name), before, r.handling)
	r.settle(b.Name, b.Name, out, writers)
	if h := b.OnFailure.Name; out.failure != nil && r.handlerOf[h] == b.Name {
		handled := r.node(r.g.Node(h), joined(r.path, h), before, out.failure)
		r.settle(h, h, handled, writers)
		r.writers[b.Name] = r.writers[h]
	}
}

// settle keeps what a step came to, and who wrote the names that are visible after it.
func (r *needsRun) settle(name, writer string, out outcome, before map[string]string) {
	r.outcomes[name] = out
	r.writers[name] = map[string]string{}
	for k, w := range before {
		r.writers[name][k] = w
	}
	for k := range out.changed {
		r.writers[name][k] = writer
	}
}

// after is what those that need a step see of it: the handler's scope where it failed.
func (r *needsRun) after(name string) Params {
	if r.outcomes[name].failure != nil {
		if h := r.g.Node(name).Base().OnFailure.Name; r.handlerOf[h] == name {
			return r.outcomes[h].after
		}
	}
	return r.outcomes[name].after
}

// ancestors returns the step, all that it needs, and all that those need, with their handlers.
func (r *needsRun) ancestors(name string) set {
	all := set{name: true}
	b := r.g.Node(name).Base()
	if h := b.OnFailure.Name; r.handlerOf[h] == name {
		all[h] = true
	}
	for _, need := range b.Needs {
		all.addAll(r.ancestors(need.Name))
	}
	return all
}

// merge makes the scope of a step that needs preds, in the order written. A value is older than another one when
// the other's predecessor comes after the step that wrote the value. Of the values that are not older than another
// the last counts.
func (r *needsRun) merge(preds []string) (Params, map[string]string) {
	scope, writers := Params{}, map[string]string{}
	if len(preds) == 0 {
		for name, value := range r.entry {
			scope[name], writers[name] = value, outside
		}
		return scope, writers
	}
	for _, p := range preds {
		for name := range r.after(p) {
			winner := r.winner(preds, name)
			scope[name], writers[name] = r.after(winner)[name], r.writers[winner][name]
		}
	}
	return scope, writers
}

// winner returns the predecessor whose value of a name counts.
func (r *needsRun) winner(preds []string, name string) string {
	var have []string
	for _, p := range preds {
		if _, ok := r.after(p)[name]; ok {
			have = append(have, p)
		}
	}
	for _, p := range slices.Backward(have) {
		if !r.older(p, have, name) {
			return p
		}
	}
	return have[len(have)-1]
}

func (r *needsRun) older(p string, have []string, name string) bool {
	mine := r.writers[p][name]
	for _, q := range have {
		if r.writers[q][name] != mine && (mine == outside || r.ancestors(q)[mine]) {
			return true
		}
	}
	return false
}

// result is that of the graph: a success when every step that is no handler is settled.
func (r *needsRun) result() outcome {
	for _, n := range r.g.Nodes {
		b := n.Base()
		out, ran := r.outcomes[b.Name]
		if r.handlerOf[b.Name] != "" || !ran || r.settled(b.Name) {
			continue
		}
		if h := b.OnFailure.Name; r.handlerOf[h] == b.Name {
			out = r.outcomes[h] // the handler failed too: its failure counts
		}
		return fails(r.entry, *out.failure)
	}
	changed, needed := set{}, set{}
	for _, n := range r.g.Nodes {
		if out, ran := r.outcomes[n.Base().Name]; ran && out.failure == nil {
			changed.addAll(out.changed)
		}
		for _, need := range n.Base().Needs {
			needed[need.Name] = true
		}
	}
	var last []string // what no step needs, success needs
	for _, n := range r.g.Nodes {
		if name := n.Base().Name; !needed[name] && r.handlerOf[name] == "" {
			last = append(last, name)
		}
	}
	after, _ := r.merge(last)
	return outcome{after: after, changed: changed}
}

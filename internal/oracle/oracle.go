// Package oracle evaluates a pipeline as docs/semantics.md reads, sentence by sentence: recursively, with copied maps,
// without regard to speed or to what runs first. It imports only ir and shares no code with package engine; property
// tests compare the two.
//
// It knows no fail_fast, whose outcome depends on what happens to run first, no catalog, no objects, and of the
// reducers those known by name.
package oracle

import (
	"maps"
	"slices"
	"strconv"

	"github.com/runnable-render/runnable-render/ir"
)

// Params are parameters: the name of each with the JSON text of its value.
type Params map[string]string

// Result is what the last attempt of a leaf came to.
type Result struct {
	Failed  bool
	Kind    string // of the failure
	Message string
	Returns Params // of a success: exactly the names that the task returns
}

// Failure says why a run, or the step that a handler handles, failed.
type Failure struct {
	Step    string // path of the innermost failed step
	Kind    string
	Message string // empty where the words are the engine's own
}

// Leaf is a task or stub that ran.
type Leaf struct {
	Path     string
	Scope    Params   // what it saw
	Handling *Failure // the failure that it handles, or that a composite around it handles; else nil
	Failed   bool
}

// Run is what a run came to.
type Run struct {
	Failed  bool
	Params  Params   // at the end; of a run that failed, those that it began with
	Failure *Failure // nil after a success
	Leaves  []Leaf   // sorted by path
}

// Evaluate runs a pipeline that ir.Check found free of errors. The result of a leaf may depend on its path alone.
func Evaluate(p *ir.Pipeline, initial Params, leaf func(path string, n ir.Node) Result) Run {
	e := &evaluation{leaf: leaf}
	out := e.graph(p.Graph, "", initial, nil)
	slices.SortFunc(e.leaves, func(a, b Leaf) int {
		if a.Path < b.Path {
			return -1
		}
		return 1
	})
	return Run{Failed: out.failure != nil, Params: out.after, Failure: out.failure, Leaves: e.leaves}
}

type evaluation struct {
	leaf   func(path string, n ir.Node) Result
	leaves []Leaf
}

// outcome is what a node or a graph came to.
type outcome struct {
	failure *Failure // nil: it succeeded
	after   Params   // after a failure: the scope before
	changed set      // the names that were written
}

type set map[string]bool

func (s set) addAll(other set) {
	for name := range other {
		s[name] = true
	}
}

// with returns scope with more, which counts where both have a name.
func with(scope, more Params) Params {
	out := maps.Clone(scope)
	if out == nil {
		out = Params{}
	}
	maps.Copy(out, more)
	return out
}

func fails(before Params, f Failure) outcome { return outcome{failure: &f, after: before} }

// graph runs one graph. handling is the failure that it is part of the handling of, or nil.
func (e *evaluation) graph(g *ir.Graph, path string, scope Params, handling *Failure) outcome {
	if g.Style == ir.Needs {
		return e.needs(g, path, scope, handling)
	}
	return e.chain(g, path, scope, handling)
}

// chain goes from the start to a terminal, one step at a time.
func (e *evaluation) chain(g *ir.Graph, path string, entry Params, handling *Failure) outcome {
	scope, changed := entry, set{}
	at, from := g.Start.Name, ""
	var failure *Failure // of the step before, when it failed
	for {
		switch at {
		case ir.Success:
			return outcome{after: scope, changed: changed}
		case ir.Fail:
			if failure == nil { // reached after success, or at once
				failure = &Failure{Step: joined(path, from), Kind: "error"}
			}
			return fails(entry, *failure)
		}
		n := g.Node(at)
		from = at
		handles := handling
		if failure != nil {
			handles = failure
		}
		out := e.node(n, joined(path, at), scope, handles)
		failure = out.failure
		if failure == nil {
			scope, at = out.after, n.Base().Next.Name
			changed.addAll(out.changed)
			continue
		}
		if at = n.Base().OnFailure.Name; at == "" {
			at = ir.Fail
		}
	}
}

func joined(path, name string) string {
	switch {
	case path == "":
		return name
	case name == "":
		return path
	}
	return path + "." + name
}

func (e *evaluation) node(n ir.Node, path string, scope Params, handling *Failure) outcome {
	switch n := n.(type) {
	case *ir.Task, *ir.Stub:
		return e.runLeaf(n, path, scope, handling)
	case *ir.Parallel:
		return e.parallel(n, path, scope, handling)
	case *ir.Conditional:
		return e.conditional(n, path, scope, handling)
	case *ir.Map:
		return e.mapped(n, path, scope, handling)
	case *ir.Loop:
		return e.loop(n, path, scope, handling)
	case *ir.Nested:
		return e.nested(n, path, scope, handling)
	}
	panic("oracle: unknown node")
}

func (e *evaluation) runLeaf(n ir.Node, path string, scope Params, handling *Failure) outcome {
	r := e.leaf(path, n)
	e.leaves = append(e.leaves, Leaf{Path: path, Scope: scope, Handling: handling, Failed: r.Failed})
	if r.Failed {
		return fails(scope, Failure{Step: path, Kind: r.Kind, Message: r.Message})
	}
	changed := set{}
	for name := range r.Returns {
		changed[name] = true
	}
	return outcome{after: with(scope, r.Returns), changed: changed}
}

// parallel: on success, branch by branch in definition order, each branch's changed keys.
func (e *evaluation) parallel(n *ir.Parallel, path string, scope Params, handling *Failure) outcome {
	var outs []outcome
	for _, b := range n.Branches {
		outs = append(outs, e.graph(b.Graph, joined(path, b.Name), scope, handling))
	}
	after, changed := scope, set{}
	for _, o := range outs {
		if o.failure != nil {
			return fails(scope, *o.failure)
		}
		for name := range o.changed {
			after = with(after, Params{name: o.after[name]})
		}
		changed.addAll(o.changed)
	}
	return outcome{after: after, changed: changed}
}

// conditional: the branch whose name equals the value, else the default.
func (e *evaluation) conditional(n *ir.Conditional, path string, scope Params, handling *Failure) outcome {
	value, there := scope[n.Parameter.Name]
	if !there {
		return fails(scope, Failure{Step: path, Kind: "data"})
	}
	arm := -1
	for i, b := range n.Branches {
		if names(b.Name, value) {
			arm = i
			break
		}
		if n.Default != "" && b.Name == n.Default {
			arm = i
		}
	}
	if arm < 0 {
		return fails(scope, Failure{Step: path, Kind: "data"})
	}
	b := n.Branches[arm]
	out := e.graph(b.Graph, joined(path, b.Name), scope, handling)
	if out.failure != nil {
		return fails(scope, *out.failure)
	}
	return outcome{after: out.after, changed: out.changed}
}

// names reports whether a branch's name equals a value: strings as they are, true and True alike, numbers by
// their JSON text.
func names(branch, value string) bool {
	if text, ok := asString(value); ok {
		return branch == text
	}
	switch value {
	case "true":
		return branch == "true" || branch == "True"
	case "false":
		return branch == "false" || branch == "False"
	}
	return branch == value && value != "null" && value[0] != '[' && value[0] != '{'
}

// loop: do-while; iteration k starts from the scope after k-1.
func (e *evaluation) loop(n *ir.Loop, path string, before Params, handling *Failure) outcome {
	scope, changed := before, set{}
	for k := 0; ; k++ {
		entry := with(scope, Params{n.IndexAs.Name: strconv.Itoa(k)})
		out := e.graph(n.Body, joined(path, strconv.Itoa(k)), entry, handling)
		if out.failure != nil {
			return fails(before, *out.failure)
		}
		changed.addAll(out.changed)
		if !out.changed[n.IndexAs.Name] { // what an earlier iteration returned under the index's name is gone
			delete(changed, n.IndexAs.Name)
		}
		scope = out.after
		if scope[n.BreakOn.Name] == "true" || k+1 == n.MaxIterations {
			break
		}
	}
	after := before
	for name := range changed {
		after = with(after, Params{name: scope[name]})
	}
	return outcome{after: after, changed: changed}
}

// mapped: for each name that the body can return, the values of the items in item order, reduced.
func (e *evaluation) mapped(n *ir.Map, path string, scope Params, handling *Failure) outcome {
	items, isList := asList(scope[n.IterateOn.Name])
	if !isList {
		return fails(scope, Failure{Step: path, Kind: "data"})
	}
	var outs []outcome
	for i, item := range items {
		entry := with(scope, Params{n.IterateAs.Name: item})
		outs = append(outs, e.graph(n.Body, joined(path, strconv.Itoa(i)), entry, handling))
	}
	for _, o := range outs {
		if o.failure != nil {
			return fails(scope, *o.failure)
		}
	}
	after, changed := scope, set{}
	for _, r := range ir.Returnable(n.Body) {
		var values []string
		for _, o := range outs {
			if o.changed[r.Name] {
				values = append(values, o.after[r.Name])
			} else {
				values = append(values, "") // not returned
			}
		}
		reduced, ok := reduce(n.Reducer, values)
		if !ok {
			return fails(scope, Failure{Step: path, Kind: "data"})
		}
		after = with(after, Params{r.Name: reduced})
		changed[r.Name] = true
	}
	return outcome{after: after, changed: changed}
}

// nested: the graph starts with what the inputs give, and of what it returns the named values alone leave it.
func (e *evaluation) nested(n *ir.Nested, path string, scope Params, handling *Failure) outcome {
	inside := Params{}
	for _, p := range n.Parameters {
		inside[p.Name] = p.Initial()
	}
	for _, in := range n.Inputs {
		inside[in.Arg] = in.Value
		if len(in.From) == 1 {
			value, there := scope[in.From[0]]
			if !there {
				return fails(scope, Failure{Step: path, Kind: "data"})
			}
			inside[in.Arg] = value
		}
		if p := ir.Declared(n.Parameters, in.Arg); p != nil {
			taken, err := p.Accept(inside[in.Arg])
			if err != nil {
				return fails(scope, Failure{Step: path, Kind: "data"})
			}
			inside[in.Arg] = taken
		}
	}
	out := e.graph(n.Body, joined(path, ir.InnerGraph), inside, handling)
	if out.failure != nil {
		return fails(scope, *out.failure)
	}
	after, changed := scope, set{}
	for _, r := range n.Returns {
		if value, there := out.after[r.Inside()]; there && (out.changed[r.Inside()] || ir.Gives(n, r.Inside())) {
			after = with(after, Params{r.Name: value})
			changed[r.Name] = true
		}
	}
	return outcome{after: after, changed: changed}
}

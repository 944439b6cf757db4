package pipeline

import (
	"slices"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// codeDefinition is that of a definition in Go that was made in a wrong way.
const codeDefinition = "RR0019"

// body is the steps of one graph.
type body struct {
	description string
	steps       []Step
	first       reference
	span        diag.Span
}

func (b *body) start(at Target, span diag.Span) { b.first = reference{at, span} }

// lowering makes the graph of what was written.
type lowering struct {
	functions map[string]*function
	problems  diag.List
}

func (l *lowering) graph(b *body) *ir.Graph {
	g := &ir.Graph{Description: b.description, Start: b.first.ref(), Span: b.span}
	listed := map[*base]bool{}
	for _, s := range b.steps {
		if s != nil {
			listed[s.shared()] = true
		}
	}
	for i, s := range b.steps {
		if s == nil {
			l.problems.Add(diag.Errorf(codeDefinition, b.span, "step %d of the list is nil; leave it out", i+1))
			continue
		}
		for s != nil { // the step, its handler, the handler's handler, …
			g.Nodes = append(g.Nodes, s.lower(l))
			l.problems = append(l.problems, s.shared().problems...)
			if s.shared().needs != nil {
				g.Style = ir.Needs
			}
			handler, _ := s.shared().handler.to.(Step)
			if handler == nil || listed[handler.shared()] {
				break
			}
			listed[handler.shared()] = true
			s = handler
		}
	}
	return g
}

// lowered is what all kinds share.
func (b *base) lowered() ir.Common {
	c := b.common
	c.Next, c.OnFailure = b.next.ref(), b.handler.ref()
	if b.needs != nil {
		c.Needs = make([]ir.Ref, len(b.needs))
		for i, n := range b.needs {
			c.Needs[i] = n.ref()
		}
	}
	c.Env, c.Overrides, c.Targets = slices.Clone(c.Env), slices.Clone(c.Overrides), slices.Clone(c.Targets)
	return c
}

func (t *TaskStep) lower(l *lowering) ir.Node {
	n := t.task
	n.Common, n.Catalog = t.lowered(), t.catalog
	n.Returns, n.Inputs = slices.Clone(n.Returns), slices.Clone(n.Inputs)
	for _, r := range n.Returns {
		l.fitting(t, r)
	}
	if t.function != nil {
		l.function(t)
	}
	return &n
}

// fitting refuses returns that a kind of command cannot give.
func (l *lowering) fitting(t *TaskStep, r ir.Return) {
	kind, _ := ir.CommandKindNamed(ir.CommandType(t.task.Command))
	if r.Kind == ir.Object && !kind.Objects {
		l.problems.Add(diag.Errorf("RR0308", r.Span, "a %s command cannot return the object %q; return it as json or text, or put a file into the catalog", kind.Name, r.Name))
	}
	if r.Key != "" && !kind.Mappings {
		l.problems.Add(diag.Errorf("RR0116", r.Span, "a %s command returns no mapping that a key could be taken from; leave it out", kind.Name))
	}
}

// function registers a Go function and checks the names that it shall return.
func (l *lowering) function(t *TaskStep) {
	f := t.function
	if have, ok := l.functions[f.name]; ok && have.code != f.code {
		l.problems.Add(diag.Errorf(codeDefinition, t.common.Span, "two Go functions are named %q; give one another name with GoNamed", f.name))
	}
	l.functions[f.name] = f
	l.problems = append(l.problems, f.checkReturns(t)...)
}

func (s *StubStep) lower(*lowering) ir.Node {
	return &ir.Stub{Common: s.lowered(), Catalog: s.catalog}
}

func (s *ParallelStep) lower(l *lowering) ir.Node {
	return &ir.Parallel{Common: s.lowered(), Branches: l.branches(s.arms), FailFast: s.failFast}
}

func (s *MapStep) lower(l *lowering) ir.Node {
	n := s.node
	n.Common, n.Body = s.lowered(), l.graph(&s.body)
	return &n
}

func (s *ConditionalStep) lower(l *lowering) ir.Node {
	n := s.node
	n.Common, n.Branches = s.lowered(), l.branches(s.arms)
	return &n
}

func (s *LoopStep) lower(l *lowering) ir.Node {
	n := s.node
	n.Common, n.Body = s.lowered(), l.graph(&s.body)
	return &n
}

func (s *NestedStep) lower(*lowering) ir.Node {
	n := s.node
	n.Common = s.lowered()
	n.Inputs, n.Returns = slices.Clone(n.Inputs), slices.Clone(n.Returns)
	return &n
}

func (l *lowering) branches(arms []*Arm) []ir.Branch {
	out := make([]ir.Branch, 0, len(arms))
	for _, a := range arms {
		if a != nil {
			out = append(out, ir.Branch{Name: a.name, Graph: l.graph(&a.body), Span: a.body.span})
		}
	}
	return out
}

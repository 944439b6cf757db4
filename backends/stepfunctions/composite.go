package stepfunctions

import (
	"fmt"
	"strconv"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
)

// step is a composite on its way into a machine.
type step struct {
	*graph
	m           *machine
	n           ir.Node
	name, entry string
	to          ways
}

// describe says in a line what a node does, for the reader of a template.
func describe(n ir.Node) string {
	switch n := n.(type) {
	case *ir.Task:
		return ir.CommandType(n.Command) + ": " + clip(n.Command.Text(), 48)
	case *ir.Stub:
		return "stub"
	case *ir.Parallel:
		return fmt.Sprintf("parallel: %d branches", len(n.Branches))
	case *ir.Map:
		note := fmt.Sprintf("map: over %s as %s", clip(n.Over(), 40), n.IterateAs.Name)
		if n.Reducer != "" {
			note += ", reduced by " + clip(n.Reducer, 40)
		}
		return note
	case *ir.Conditional:
		return "conditional: on " + clip(n.By(), 40)
	case *ir.Loop:
		return fmt.Sprintf("loop: until %s, at most %d times", clip(n.Until(), 40), n.MaxIterations)
	case *ir.Nested:
		return "pipeline: of " + clip(n.Definition.Name, 60)
	}
	panic("stepfunctions: unknown node")
}

// all adds a Parallel or a Map, and what follows where all of it succeeded.
func (s *step) all(name string, body *yamlout.Map, done string) {
	ok := s.names.give(s.name + " ok?")
	s.m.add(name, describe(s.n), caught(body, allOK, ok, s.to.failed), ok, s.to.failed)
	s.m.choice(ok, "", s.to.failed, way{"$states.input.ok", done})
}

func (s *step) parallel(n *ir.Parallel) int {
	branches := yamlout.NewList()
	events := aroundEvents + smallEvents
	for _, br := range n.Branches {
		branch, inside := s.branch(br.Graph, s.at.inside(n, br.Name))
		branches.Add(branch)
		events += inside
	}
	s.all(s.entry, yamlout.NewMap("Type", "Parallel", "Branches", branches), s.to.done)
	return events
}

// read adds the state that reads a control value from the store into c.
func (s *step) read(name, key, next string) {
	body := yamlout.NewMap("Type", "Task", "Resource", "arn:aws:states:::aws-sdk:s3:getObject")
	body.Add("Arguments", flow("Bucket", "${Bucket}", "Key", "{% '"+s.folder()+"control/' & $states.input.run & '/' & "+key+" %}"))
	s.m.add(name, "", caught(body, "{% $merge([$states.input, {'c': $states.result.Body}]) %}", next, s.to.failed), next, s.to.failed)
}

func (s *step) mapOver(n *ir.Map) int {
	items := s.names.give(s.name)
	s.read(s.entry, s.at.expr(n.Name, ""), items)
	done, events := s.to.done, readEvents+aroundEvents+smallEvents
	if n.Reducer != "" {
		done = s.names.give(s.name + " reduce")
		events += jobEvents
	}
	body, inside := s.branch(n.Body, s.at.body(n))
	m := yamlout.NewMap("Type", "Map")
	m.Note("a value that is no number fails here, and the record of the map says why")
	m.Add("Items", "{% [0..$number($states.input.c)-1] %}")
	m.Add("ItemSelector", yamlout.NewMap("run", "{% $states.input.run %}",
		"at", "{% "+s.at.expr(n.Name, ".")+" & $string($states.context.Map.Item.Value) & '.' %}"))
	m.Opt("MaxConcurrency", s.atOnce(n))
	mode := flow("Mode", "INLINE")
	if s.distributed(n) {
		mode, inside = flow("Mode", "DISTRIBUTED", "ExecutionType", "STANDARD"), 0
		s.starts = true
	} else {
		inside = s.inline(n, inside+itemEvents)
	}
	m.Add("ItemProcessor", yamlout.NewMap("ProcessorConfig", mode).Extend(body))
	s.all(items, m, done)
	if n.Reducer != "" {
		s.m.job(s.reduce(n, s.at), done, "reduces by "+clip(n.Reducer, 60), s.to)
	}
	return events + inside
}

// conditional adds the arms to the same machine, since one of them runs.
func (s *step) conditional(n *ir.Conditional) int {
	choice := s.names.give(s.name)
	s.read(s.entry, s.at.expr(n.Name, ""), choice)
	arms := &machine{}
	var all []way
	most := 0
	for i, br := range n.Branches {
		start, events := s.builder.graph(arms, br.Graph, s.at.inside(n, br.Name), "", s.to)
		all = append(all, way{"$states.input.c = '" + strconv.Itoa(i) + "'", start})
		most = max(most, events)
	}
	s.m.choice(choice, describe(n), s.to.failed, all...)
	s.m.states = append(s.m.states, arms.states...)
	return readEvents + smallEvents + most
}

// loop adds the body once, with a way back to its begin. The state data is a stack, so that loops nest: up holds that around
// the loop.
func (s *step) loop(n *ir.Loop) int {
	state := func(what string) string { return s.names.give(s.name + " " + what) }
	read, ended, again, done, failed := state("read"), state("ended?"), state("again"), state("done"), state("failed")
	up := s.at
	if up.at != "" {
		up.at = "$states.input.up.at"
	}
	iteration := up.expr(n.Name, ".") + " & $string($states.input.k)"
	body := &machine{}
	start, events := s.builder.graph(body, n.Body, s.at.body(n), "{% "+iteration+" %}", ways{read, failed})
	s.m.pass(s.entry, describe(n), "{% {'run': $states.input.run, 'at': "+s.at.expr(n.Name, ".0.")+", 'k': 0, 'up': $states.input} %}", start)
	s.m.states = append(s.m.states, body.states...)
	looked := step{graph: s.graph, m: s.m, n: n, to: ways{ended, failed}}
	looked.read(read, iteration, ended)
	s.m.choice(ended, "", failed, way{"$states.input.c = 'true'", done}, way{"$states.input.c = 'false'", again})
	s.m.pass(again, "", "{% {'run': $states.input.run, 'at': "+up.expr(n.Name, ".")+" & $string($states.input.k + 1) & '.', 'k': $states.input.k + 1, 'up': $states.input.up} %}", start)
	s.m.pass(done, "", "{% $states.input.up %}", s.to.done)
	s.m.pass(failed, "", "{% $states.input.up %}", s.to.failed)
	return times(n.MaxIterations, readEvents+2*smallEvents+events) + 2*smallEvents
}

// nested adds the graph of another pipeline to the same machine.
func (s *step) nested(n *ir.Nested) int {
	to, events := s.to, smallEvents
	if ir.SucceedsRefused(n.Body) {
		to.done = s.names.give(s.name + " outcome")
		s.m.job(s.job("join", s.at.value(n.Name)), to.done, "fails where the inputs were refused", s.to)
		events += jobEvents
	}
	inner := &machine{}
	start, inside := s.builder.graph(inner, n.Body, s.at.inside(n, ir.InnerGraph), "", to)
	s.m.pass(s.entry, describe(n), input, start)
	s.m.states = append(s.m.states, inner.states...)
	return events + inside
}

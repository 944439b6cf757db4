package irjson

import (
	"slices"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// fields is everything that a step of any kind can have; the type may come after the rest.
type fields struct {
	kind string
	keys []string // in the order read
	ir.Common
	named bool

	commandType, command, streamEnd, options, config string

	inputs      []ir.Input
	returns     []ir.Return
	secrets     []ir.Ref
	catalog     *ir.Catalog
	retry       ir.Retry
	timeout     time.Duration
	cache       bool
	branches    []ir.Branch
	body        *ir.Graph
	iterateOn   ir.Ref
	iterateAs   ir.Ref
	reducer     string
	parallelism int
	failFast    bool
	parameter   ir.Ref
	fallback    string
	iterations  int
	breakOn     ir.Ref
	indexAs     ir.Ref
	spans       spanList
}

// keysOf returns the keys that a step of a kind may have, nil for an unknown kind.
func keysOf(kind string) []string {
	common := []string{"type", "name", "needs", "next", "on_failure", "env", "image", "python", "resources", "overrides", "spans"}
	switch kind {
	case "task":
		return append(common, "command_type", "command", "stream_end_type", "optional_ploomber_args", "config",
			"inputs", "returns", "secrets", "catalog", "retry", "timeout", "cache")
	case "stub":
		return append(common, "catalog")
	case "parallel":
		return append(common, "branches", "fail_fast")
	case "conditional":
		return append(common, "parameter", "branches", "default", "fail_fast")
	case "map":
		return append(common, "branch", "iterate_on", "iterate_as", "reducer", "parallelism", "fail_fast")
	case "loop":
		return append(common, "branch", "max_iterations", "break_on", "index_as", "fail_fast")
	}
	return nil
}

// step reads one step; nil after a failure.
func (d *decoder) step() ir.Node {
	start := d.pos
	s := &fields{}
	d.object(func(key string) {
		s.keys = append(s.keys, key)
		d.stepKey(s, key)
	})
	if d.err != nil {
		return nil
	}
	kinds := []string{"task", "stub", "parallel", "map", "conditional", "loop"}
	allowed := keysOf(s.kind)
	switch {
	case s.kind == "":
		d.fail(start, "type is missing; the types are %s", strings.Join(kinds, ", "))
	case allowed == nil:
		d.fail(start, "unknown type %q%s; the types are %s", s.kind, diag.DidYouMean(s.kind, kinds), strings.Join(kinds, ", "))
	case !s.named:
		d.fail(start, "name is missing")
	}
	for _, key := range s.keys {
		if !slices.Contains(allowed, key) {
			d.fail(start, "a %s has no key %q%s", s.kind, key, diag.DidYouMean(key, allowed))
		}
	}
	if d.err != nil {
		return nil
	}
	return d.node(s, start)
}

// stepKey reads the value of one key.
func (d *decoder) stepKey(s *fields, key string) {
	switch key {
	case "type":
		s.kind = d.str()
	case "name":
		s.named, s.Name = true, d.str()
	case "needs":
		s.Needs = d.refs()
	case "next":
		s.Next.Name = d.str()
	case "on_failure":
		s.OnFailure.Name = d.str()
	case "env":
		d.object(func(name string) { s.Env = append(s.Env, ir.EnvVar{Name: name, Value: d.str()}) })
	case "image":
		s.Image = d.str()
	case "python":
		s.Python = d.str()
	case "resources":
		d.resources(&s.Resources)
	case "overrides":
		d.object(func(name string) { s.Overrides = append(s.Overrides, ir.Override{Executor: name, Key: d.str()}) })
	case "spans":
		s.spans = d.spanList()
	case "fail_fast":
		s.failFast = d.bool()
	default:
		if !d.taskKey(s, key) && !d.compositeKey(s, key) {
			var known []string
			for _, kind := range []string{"task", "parallel", "conditional", "map", "loop"} {
				known = append(known, keysOf(kind)...)
			}
			d.unknown(key, known)
		}
	}
}

func (d *decoder) taskKey(s *fields, key string) bool {
	switch key {
	case "command_type":
		s.commandType = d.str()
	case "command":
		s.command = d.str()
	case "stream_end_type":
		s.streamEnd = d.str()
	case "optional_ploomber_args":
		s.options = d.json("{", "a mapping")
	case "config":
		s.config = d.json("{", "a mapping")
	case "inputs":
		d.array(func(int) { s.inputs = append(s.inputs, d.input()) })
	case "returns":
		d.array(func(int) { s.returns = append(s.returns, d.returned()) })
	case "secrets":
		s.secrets = d.refs()
	case "catalog":
		s.catalog = d.catalog()
	case "retry":
		d.retry(&s.retry)
	case "timeout":
		s.timeout = d.duration()
	case "cache":
		s.cache = d.bool()
	default:
		return false
	}
	return true
}

func (d *decoder) compositeKey(s *fields, key string) bool {
	switch key {
	case "branches":
		d.nested(func() { d.array(func(int) { s.branches = append(s.branches, d.branch()) }) })
	case "branch":
		d.nested(func() { s.body = d.body() })
	case "iterate_on":
		s.iterateOn.Name = d.str()
	case "iterate_as":
		s.iterateAs.Name = d.str()
	case "reducer":
		s.reducer = d.str()
	case "parallelism":
		s.parallelism = d.int()
	case "parameter":
		s.parameter.Name = d.str()
	case "default":
		s.fallback = d.str()
	case "max_iterations":
		s.iterations = d.int()
	case "break_on":
		s.breakOn.Name = d.str()
	case "index_as":
		s.indexAs.Name = d.str()
	default:
		return false
	}
	return true
}

// node makes the node that the fields describe and gives its parts their places.
func (d *decoder) node(s *fields, start int) ir.Node {
	var n ir.Node
	switch s.kind {
	case "task":
		n = &ir.Task{Common: s.Common, Command: d.makeCommand(s, start), Inputs: s.inputs, Returns: s.returns, Secrets: s.secrets,
			Catalog: s.catalog, Retry: s.retry, Timeout: s.timeout, Cache: s.cache}
	case "stub":
		n = &ir.Stub{Common: s.Common, Catalog: s.catalog}
	case "parallel":
		n = &ir.Parallel{Common: s.Common, Branches: s.branches, FailFast: s.failFast}
	case "conditional":
		n = &ir.Conditional{Common: s.Common, Parameter: s.parameter, Branches: s.branches, Default: s.fallback, FailFast: s.failFast}
	case "map":
		n = &ir.Map{Common: s.Common, Body: s.body, IterateOn: s.iterateOn, IterateAs: s.iterateAs, Reducer: s.reducer,
			Parallelism: s.parallelism, FailFast: s.failFast}
	case "loop":
		n = &ir.Loop{Common: s.Common, Body: s.body, MaxIterations: s.iterations, BreakOn: s.breakOn, IndexAs: s.indexAs, FailFast: s.failFast}
	}
	if s.body == nil && (s.kind == "map" || s.kind == "loop") {
		d.fail(start, "branch is missing")
	}
	if s.spans != nil {
		d.placeAll(s.spans, targetsOf(n))
	}
	return n
}

// targetsOf lists what of a node can have a place.
func targetsOf(n ir.Node) []target {
	b := n.Base()
	out := []target{{"name", &b.Span}, {"next", &b.Next.Span}, {"on_failure", &b.OnFailure.Span}}
	out = append(out, refTargets("needs", b.Needs)...)
	for i := range b.Overrides {
		out = append(out, target{element("overrides", i), &b.Overrides[i].Span})
	}
	if c := ir.CatalogOf(n); c != nil {
		out = append(out, target{"catalog", &c.Span})
		out = append(out, refTargets("catalog.get", c.Get)...)
		out = append(out, refTargets("catalog.put", c.Put)...)
	}
	switch n := n.(type) {
	case *ir.Task:
		for i := range n.Inputs {
			out = append(out, target{element("inputs", i), &n.Inputs[i].Span})
		}
		for i := range n.Returns {
			out = append(out, target{element("returns", i), &n.Returns[i].Span})
		}
		out = append(out, refTargets("secrets", n.Secrets)...)
	case *ir.Conditional:
		out = append(out, target{"parameter", &n.Parameter.Span})
	case *ir.Map:
		out = append(out, target{"iterate_on", &n.IterateOn.Span}, target{"iterate_as", &n.IterateAs.Span}, target{"reducer", &n.ReducerSpan})
	case *ir.Loop:
		out = append(out, target{"break_on", &n.BreakOn.Span}, target{"index_as", &n.IndexAs.Span})
	case *ir.Stub, *ir.Parallel:
	}
	return out
}

// makeCommand makes the command of a task. A key that belongs to another type of command is refused.
func (d *decoder) makeCommand(s *fields, start int) ir.Command {
	own := map[string]string{"stream_end_type": s.streamEnd, "optional_ploomber_args": s.options, "config": s.config}
	var c ir.Command
	switch s.commandType {
	case "":
		d.fail(start, "command_type is missing")
	case "python":
		c = &ir.Python{Function: s.command}
	case "async-python":
		c = &ir.Python{Function: s.command, Async: true, StreamEnd: s.streamEnd}
		delete(own, "stream_end_type")
	case "shell":
		c = &ir.Shell{Script: s.command}
	case "notebook":
		c = &ir.Notebook{Path: s.command, Options: s.options}
		delete(own, "optional_ploomber_args")
	case "go":
		c = &ir.GoFunc{Function: s.command}
	default:
		c = &ir.Plugin{Kind: s.commandType, Body: s.command, Config: s.config}
		delete(own, "config")
	}
	for _, key := range []string{"stream_end_type", "optional_ploomber_args", "config"} {
		if own[key] != "" {
			d.fail(start, "a task of command_type %q has no key %q", s.commandType, key)
		}
	}
	if !slices.Contains(s.keys, "command") {
		d.fail(start, "command is missing")
	}
	return c
}

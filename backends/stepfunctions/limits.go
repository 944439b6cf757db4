package stepfunctions

import (
	"bytes"
	"encoding/json"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/ir"
)

// The limits of the services that a template can break.
const (
	maxEvents        = 25_000   // of an execution's history
	maxDefinition    = 1 << 20  // bytes of a state machine
	maxJob           = 24 << 10 // of a job definition
	maxPlain         = 15 << 10 // of a pipeline that stays readable in it
	maxTemplate      = 1 << 20  // in a bucket
	maxInline        = 51_200   // of a template that is sent by itself
	maxNameOfMachine = 80
	atOnceInline     = 40 // items of an inline Map
	atOnceWide       = 1000
	far              = 1 << 40 // as good as endless
)

// times is a product that stays below far.
func times(n, events int) int { return min(min(n, 1_000_000)*min(events, far), far) }

// endless reports whether a loop may go round more often than a history has room for: it runs in one job.
func (b *builder) endless(n ir.Node) bool {
	l, ok := n.(*ir.Loop)
	if !ok || l.MaxIterations <= maxEvents/(readEvents+2*smallEvents+jobEvents) {
		return false
	}
	b.note("the loop %q may go round %d times, more than the history of an execution has room for: it runs in one job", l.Name, l.MaxIterations)
	return true
}

// ownTransitions are those of every run: the states around the pipeline.
const ownTransitions = 9

// transitions are about those of a graph by which Step Functions is billed, where nothing fails: with one item of each map and
// one iteration of each loop.
func transitions(g *ir.Graph) int {
	e := ir.EdgesOf(g)
	total := 0
	if g.Style == ir.Needs {
		for i, n := range g.Nodes {
			if e.Handles[i] < 0 {
				total += transitionsOf(n)
			}
		}
		return total
	}
	for i := e.Start; i >= 0; i = e.Next[i] {
		total += transitionsOf(g.Nodes[i])
	}
	return total
}

func transitionsOf(n ir.Node) int {
	if n.Base().OnePod() {
		return 1
	}
	switch n := n.(type) {
	case *ir.Task, *ir.Stub:
		return 1
	case *ir.Parallel:
		total := 2
		for _, br := range n.Branches {
			total += 1 + transitions(br.Graph)
		}
		return total
	case *ir.Map:
		total := 4 + transitions(n.Body)
		if n.Reducer != "" {
			total++
		}
		return total
	case *ir.Conditional:
		most := 0
		for _, br := range n.Branches {
			most = max(most, transitions(br.Graph))
		}
		return 2 + most
	case *ir.Loop:
		return 5 + transitions(n.Body)
	case *ir.Nested:
		return 1 + transitions(n.Body)
	}
	panic("stepfunctions: unknown node")
}

// wide is an inline Map, whose number of items is known when it runs.
type wide struct {
	n     *ir.Map
	name  string
	item  int // events of an item
	items int // that were counted
}

// distributed reports whether the items of a map get executions of their own: where the step says so, and where more of them are
// to run at a time than an inline Map does.
func (b *builder) distributed(n *ir.Map) bool {
	return b.stepSettings(n).Distributed || n.Parallelism > atOnceInline
}

// inline counts the events of an inline map with the items that are known, or one.
func (b *builder) inline(n *ir.Map, item int) int {
	items := max(1, b.known(n))
	b.wide = append(b.wide, wide{n, n.Name, item, items})
	return times(items, item)
}

// known is the number of items where the list is an initial parameter with a value; else 0.
func (b *builder) known(n *ir.Map) int {
	var list []json.RawMessage
	for _, p := range b.Parameters {
		if p.Name == n.IterateOn.Name && json.Unmarshal(p.Value, &list) == nil {
			return len(list)
		}
	}
	return 0
}

// atOnce is how many items of a map run at a time; 0: as many as an inline Map runs.
func (b *builder) atOnce(n *ir.Map) int {
	if b.distributed(n) && n.Parallelism == 0 {
		return atOnceWide
	}
	return n.Parallelism
}

// checkEvents refuses what writes more events than a history holds, and tells of each map up to how many items it holds.
func (b *builder) checkEvents(events int) {
	if events > maxEvents {
		b.Refuse(codeLimit, b.pipeline.Graph.Span, "a run writes up to %d events, and the history of an execution holds %d; say pods: one on the loop or the part with most steps, or distributed: true under targets.stepfunctions of a map", events, maxEvents)
		return
	}
	for _, w := range b.wide {
		if most := w.items + (maxEvents-events)/w.item; most < 1000 {
			b.note("the map %q holds %d items in one execution; for more say distributed: true under its targets.stepfunctions", w.name, most)
		}
	}
}

// document is what a template is looked through for.
type document struct {
	Resources map[string]struct {
		Properties map[string]any `yaml:"Properties"`
	} `yaml:"Resources"`
}

// checkSizes holds what was rendered against the services' limits.
func (b *builder) checkSizes(template []byte) {
	var whole document
	if err := yaml.Unmarshal(template, &whole); err != nil {
		b.Refuse(codeLimit, b.pipeline.Span, "the template cannot be read back, please report this: %v", err)
		return
	}
	if n := jsonSize(whole.Resources["Machine"].Properties["Definition"]); n > maxDefinition {
		b.Refuse(codeLimit, b.pipeline.Graph.Span, "the state machine has %d bytes, and Step Functions takes %d; say pods: one on parts with many steps, or split the pipeline", n, maxDefinition)
	}
	for _, p := range b.order {
		if n := jsonSize(whole.Resources[p.id].Properties) + jsonSize(b.definition); n > maxJob {
			b.Refuse(codeLimit, b.pipeline.Span, "the job definition %s has %d bytes with the pipeline in it, and Batch takes %d; split the pipeline, or shorten its scripts and parameters", p.id, n, maxJob)
			break
		}
	}
	switch n := len(template); {
	case n > maxTemplate:
		b.Refuse(codeLimit, b.pipeline.Span, "the template has %d bytes, and CloudFormation takes %d; say pods: one on parts with many steps, or split the pipeline", n, maxTemplate)
	case n > maxInline:
		b.note("the template has more than %d bytes: deploy it with --s3-bucket", maxInline)
	}
}

// jsonSize is the length of a value as JSON.
func jsonSize(value any) int {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	_ = e.Encode(value) // what YAML holds can be JSON
	return text.Len()
}

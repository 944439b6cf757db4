package irjson

import (
	"fmt"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
)

// Encode returns the pipeline as a document, without the places where it was written. It fails on text that is not
// UTF-8 and on what no document can say, such as a task without a command.
func Encode(p *ir.Pipeline) ([]byte, error) { return encode(p, false) }

// EncodeWithSpans is [Encode] with the places where everything was written, for a frontend that another program
// answers for.
func EncodeWithSpans(p *ir.Pipeline) ([]byte, error) { return encode(p, true) }

func encode(p *ir.Pipeline, spans bool) ([]byte, error) {
	if p == nil || p.Graph == nil {
		return nil, fmt.Errorf("encode pipeline: it has no graph")
	}
	files := &fileTable{}
	body := &encoder{first: true}
	if spans {
		body.files = files
	}
	body.out.Grow(perStep * len(p.Graph.Nodes))
	body.graph(p.Graph, 0, fieldSpan{"dag", p.Span}, fieldSpan{"steps", p.Graph.Span})

	head := &encoder{}
	head.open()
	head.int("runnable_ir", Version)
	head.str("name", p.Name)
	head.str("description", p.Description)
	head.str("dag_description", p.Graph.Description)
	head.hooks("on_success", p.OnSuccess)
	head.hooks("on_failure", p.OnFailure)
	if spans && len(files.names) > 0 {
		head.key("files")
		head.strings(files.names)
	}
	if err := head.join(body.err); err != nil {
		return nil, fmt.Errorf("encode pipeline %q: %w", p.Name, err)
	}
	out := make([]byte, 0, head.out.Len()+body.out.Len()+3)
	out = append(append(out, head.out.String()...), ',')
	return append(append(out, body.out.String()...), "}\n"...), nil
}

// perStep is about the number of bytes that a step with a command and files comes to.
const perStep = 512

// hooks writes what is done when the run has ended, one hook a line. Their places do not travel.
func (e *encoder) hooks(key string, hooks []ir.Hook) {
	if len(hooks) == 0 {
		return
	}
	e.key(key)
	e.out.WriteByte('[')
	for i, h := range hooks {
		e.newLine(i, 0)
		e.open()
		e.str("command", h.Command)
		e.str("webhook", h.Webhook)
		e.str("webhook_from", h.WebhookFrom)
		if len(h.Secrets) > 0 {
			e.key("secrets")
			e.strings(names(h.Secrets))
		}
		e.duration("timeout", h.Timeout)
		e.close()
	}
	e.out.WriteString("\n]")
}

// graph writes the keys of a graph into the object that is open, which has none yet that need a comma.
func (e *encoder) graph(g *ir.Graph, depth int, places ...fieldSpan) {
	if depth > MaxDepth {
		e.fail("composites are nested more than %d deep", MaxDepth)
		return
	}
	if g.Style == ir.Needs {
		e.str("style", "needs")
	}
	e.str("start_at", g.Start.Name)
	e.spans(append(places, fieldSpan{"start_at", g.Start.Span})...)
	e.key("steps")
	e.out.WriteByte('[')
	for i, n := range g.Nodes {
		e.newLine(i, 2*depth)
		e.step(n, depth)
	}
	e.out.WriteByte('\n')
	e.out.WriteString(strings.Repeat(" ", max(0, 2*depth-1)))
	e.out.WriteByte(']')
	e.first = false
}

func (e *encoder) step(n ir.Node, depth int) {
	b := n.Base()
	e.where = b.Name
	e.open()
	e.must("type", ir.Kind(n))
	e.must("name", b.Name)
	if b.Needs != nil {
		e.key("needs")
		e.strings(names(b.Needs))
	}
	e.str("next", b.Next.Name)
	e.str("on_failure", b.OnFailure.Name)
	places := []fieldSpan{{"name", b.Span}, {"next", b.Next.Span}, {"on_failure", b.OnFailure.Span}}
	places = append(places, refSpans("needs", b.Needs)...)
	places = append(places, e.kind(n)...)
	e.settings(b)
	for i, o := range b.Overrides {
		places = append(places, fieldSpan{element("overrides", i), o.Span})
	}
	e.spans(places...)
	e.subgraphs(n, depth)
	e.close()
}

// kind writes the keys that only this kind of node has.
func (e *encoder) kind(n ir.Node) []fieldSpan {
	switch n := n.(type) {
	case *ir.Task:
		return e.task(n)
	case *ir.Stub:
		return e.catalog(n.Catalog)
	case *ir.Parallel:
		e.flag("fail_fast", n.FailFast)
	case *ir.Conditional:
		e.str("parameter", n.Parameter.Name)
		e.str("default", n.Default)
		e.flag("fail_fast", n.FailFast)
		return []fieldSpan{{"parameter", n.Parameter.Span}}
	case *ir.Map:
		e.str("iterate_on", n.IterateOn.Name)
		e.str("iterate_as", n.IterateAs.Name)
		e.str("reducer", n.Reducer)
		e.count("parallelism", n.Parallelism)
		e.flag("fail_fast", n.FailFast)
		return []fieldSpan{{"iterate_on", n.IterateOn.Span}, {"iterate_as", n.IterateAs.Span}, {"reducer", n.ReducerSpan}}
	case *ir.Loop:
		e.count("max_iterations", n.MaxIterations)
		e.str("break_on", n.BreakOn.Name)
		e.str("index_as", n.IndexAs.Name)
		e.flag("fail_fast", n.FailFast)
		return []fieldSpan{{"break_on", n.BreakOn.Span}, {"index_as", n.IndexAs.Span}}
	}
	return nil
}

// subgraphs writes the graphs of a composite on their own lines.
func (e *encoder) subgraphs(n ir.Node, depth int) {
	inner := depth + 1
	switch n := n.(type) {
	case *ir.Task, *ir.Stub:
	case *ir.Map:
		e.body(n.Body, inner)
	case *ir.Loop:
		e.body(n.Body, inner)
	case *ir.Parallel:
		e.branches(n.Branches, inner)
	case *ir.Conditional:
		e.branches(n.Branches, inner)
	}
}

func (e *encoder) body(g *ir.Graph, depth int) {
	if g == nil {
		e.fail("it has no body")
		return
	}
	e.key("branch")
	e.open()
	e.str("description", g.Description)
	e.graph(g, depth, fieldSpan{"steps", g.Span})
	e.close()
}

func (e *encoder) branches(branches []ir.Branch, depth int) {
	e.key("branches")
	e.out.WriteByte('[')
	for i, b := range branches {
		e.newLine(i, 2*depth-1)
		if b.Graph == nil {
			e.fail("branch %q has no graph", b.Name)
			return
		}
		e.open()
		e.must("name", b.Name)
		e.str("description", b.Graph.Description)
		e.graph(b.Graph, depth, fieldSpan{"name", b.Span}, fieldSpan{"steps", b.Graph.Span})
		e.close()
	}
	e.out.WriteByte('\n')
	e.out.WriteString(strings.Repeat(" ", 2*depth-2))
	e.out.WriteByte(']')
	e.first = false
}

func names(refs []ir.Ref) []string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = r.Name
	}
	return out
}

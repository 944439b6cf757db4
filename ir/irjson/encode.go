package irjson

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

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
	places := []target{{"dag", &p.Span}, {"steps", &p.Graph.Span}}
	if p.Pods.Name != "" {
		places = append(places, target{"pods", &p.Pods.Span})
	}
	if p.Concurrency != nil {
		places = append(places, target{"concurrency", &p.Concurrency.Span})
	}
	for i := range p.Parameters {
		places = append(places, target{"parameters." + strconv.Itoa(i), &p.Parameters[i].Span})
	}
	for i := range p.Schedules {
		places = append(places, target{"schedules." + strconv.Itoa(i), &p.Schedules[i].Span})
	}
	for i := range p.Events {
		places = append(places, target{"events." + strconv.Itoa(i), &p.Events[i].Span})
	}
	body.graph(p.Graph, 0, places...)

	head := &encoder{}
	head.open()
	head.int("runnable_ir", Version)
	head.str("name", p.Name)
	head.str("description", p.Description)
	head.str("dag_description", p.Graph.Description)
	head.parameters("parameters", p.Parameters)
	head.folders("modules_first", p.Modules.First)
	head.folders("modules_last", p.Modules.Last)
	head.str("pods", p.Pods.Name)
	head.str("target_name", p.TargetName)
	head.schedules(p.Schedules)
	head.events(p.Events)
	head.concurrency(p.Concurrency)
	head.folders("modules_inner", p.Modules.Inner)
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

// folders writes a list that need not be there.
func (e *encoder) folders(key string, list []string) {
	if len(list) > 0 {
		e.key(key)
		e.strings(list)
	}
}

// parameters writes the parameters that the pipeline declares, one a line.
func (e *encoder) parameters(key string, declared []ir.Parameter) {
	e.lines(key, len(declared), func(i int) {
		p := declared[i]
		e.must("name", p.Name)
		e.str("type", string(p.Type))
		e.json("default", p.Default)
		e.str("help", p.Help)
		e.flag("required", p.Required)
		if len(p.Choices) > 0 {
			e.key("choices")
			e.texts(p.Choices)
		}
		e.json("minimum", p.Minimum)
		e.json("maximum", p.Maximum)
	})
}

// number writes a number that may be 0; nil: there is none.
func (e *encoder) number(key string, n *int) {
	if n != nil {
		e.int(key, *n)
	}
}

// schedules writes when runs begin, one schedule a line.
func (e *encoder) schedules(list []ir.Schedule) {
	e.lines("schedules", len(list), func(i int) {
		e.must("cron", list[i].Cron)
		s := list[i]
		e.str("timezone", s.Timezone)
		e.str("when", s.When)
		e.str("concurrency_policy", s.Policy)
		e.duration("starting_deadline", s.Deadline)
		e.flag("suspend", s.Suspend)
		e.number("keep_succeeded", s.KeepSucceeded)
		e.number("keep_failed", s.KeepFailed)
	})
}

// events writes what begins runs, one event a line.
func (e *encoder) events(list []ir.Event) {
	e.lines("events", len(list), func(i int) {
		one := list[i]
		e.str("webhook", one.Webhook)
		e.str("calendar", one.Calendar)
		e.str("timezone", one.Timezone)
		e.str("succeeded", one.Succeeded)
		names := slices.Sorted(maps.Keys(one.Parameters))
		e.mapping("parameters", len(names), func(i int) { e.must(names[i], one.Parameters[names[i]]) })
	})
}

// concurrency writes how many runs go on at a time.
func (e *encoder) concurrency(c *ir.Concurrency) {
	if c == nil {
		return
	}
	e.key("concurrency")
	e.open()
	e.str("group", c.Group)
	e.int("limit", c.Runs())
	e.str("on_conflict", c.OnConflict)
	e.close()
}

// perStep is about the number of bytes that a step with a command and files comes to.
const perStep = 512

// hooks writes what is done when the run has ended, one hook a line. Their places do not travel.
func (e *encoder) hooks(key string, hooks []ir.Hook) {
	e.lines(key, len(hooks), func(i int) {
		h := hooks[i]
		e.str("command", h.Command)
		e.str("webhook", h.Webhook)
		e.str("webhook_from", h.WebhookFrom)
		if h.Flow != nil {
			e.must("function", h.Flow.Step)
			e.json("flow", h.Flow.Options)
		}
		e.value("secrets", &h.Secrets)
		e.duration("timeout", h.Timeout)
	})
}

// graph writes the keys of a graph into the object that is open, which has none yet that need a comma.
func (e *encoder) graph(g *ir.Graph, depth int, places ...target) {
	if depth > MaxDepth {
		e.fail("composites are nested more than %d deep", MaxDepth)
		return
	}
	if g.Style == ir.Needs {
		e.str("style", "needs")
	}
	e.str("start_at", g.Start.Name)
	e.spans(append(places, target{"start_at", &g.Start.Span})...)
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

// step writes a step: how it stands in its graph, what is its own, its settings, and last its graphs.
func (e *encoder) step(n ir.Node, depth int) {
	b, kind := n.Base(), ir.KindOf(n)
	e.where = b.Name
	e.open()
	e.must("type", kind.Name)
	e.must("name", b.Name)
	for _, keys := range [][]ir.Key{edgeKeys, kind.Own, settingKeys} {
		for _, k := range keys {
			if k.Field != nil {
				e.value(k.Name, k.Field(n))
			}
		}
	}
	if e.files != nil {
		e.spans(targetsOf(n)...)
	}
	for _, k := range kind.Own {
		if k.Field == nil {
			continue
		}
		switch v := k.Field(n).(type) {
		case **ir.Graph:
			if *v != nil || k.Required { // else its file has not been read
				e.body(k.Name, *v, depth+1)
			}
		case *[]ir.Branch:
			e.branches(k.Name, *v, depth+1)
		}
	}
	e.close()
}

// The keys of every kind of step, which each step would make anew.
var edgeKeys, settingKeys = ir.EdgeKeys(), ir.SettingKeys()

// value writes a key, if it has a value; graphs come later.
func (e *encoder) value(key string, field any) {
	switch v := field.(type) {
	case *ir.Ref:
		e.str(key, v.Name)
	case *string:
		e.str(key, *v)
	case ir.SpannedText:
		e.str(key, *v.Value)
	case *int:
		e.count(key, *v)
	case *bool:
		e.flag(key, *v)
	case *time.Duration:
		e.duration(key, *v)
	case *[]ir.Ref:
		if key == "ignore" && e.files == nil { // it is for who checks the definition, not for who runs it
			return
		}
		if len(*v) > 0 || *v != nil && key == "needs" { // no needs at all make a graph of needs
			e.key(key)
			e.strings(names(*v))
		}
	case *[]ir.EnvVar:
		e.mapping(key, len(*v), func(i int) { e.must((*v)[i].Name, (*v)[i].Value) })
	case *[]ir.Override:
		e.mapping(key, len(*v), func(i int) { e.must((*v)[i].Executor, (*v)[i].Key) })
	case *[]ir.TargetSettings:
		e.mapping(key, len(*v), func(i int) { e.json((*v)[i].Target, (*v)[i].Settings) })
	case *ir.Resources:
		e.resources(key, *v)
	case *ir.Command:
		e.command(*v)
	case *[]ir.Input:
		e.inputs(key, *v)
	case *[]ir.Return:
		e.returns(key, *v)
	case *[]ir.Parameter:
		if len(*v) > 0 {
			e.parameters(key, *v)
		}
	case **ir.Catalog:
		e.catalog(key, *v)
	case *ir.Retry:
		e.retry(key, *v)
	case **ir.Graph, *[]ir.Branch:
	default:
		panic("irjson: a key whose value cannot be written: " + key)
	}
}

func (e *encoder) body(key string, g *ir.Graph, depth int) {
	if g == nil {
		e.fail("it has no body")
		return
	}
	e.key(key)
	e.open()
	e.str("description", g.Description)
	e.graph(g, depth, target{"steps", &g.Span})
	e.close()
}

func (e *encoder) branches(key string, branches []ir.Branch, depth int) {
	e.key(key)
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
		e.graph(b.Graph, depth, target{"name", &b.Span}, target{"steps", &b.Graph.Span})
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

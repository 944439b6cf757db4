package irjson

import (
	"fmt"
	"io/fs"
	"strconv"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Decode reads a document. It accepts keys in any order, but runnable_ir must be the first; an unknown version, an
// unknown key, a key given twice and a value of the wrong type are an [*Error]. The indexes of the graphs are built;
// what [ir.Check] looks for is not looked at.
func Decode(data []byte) (*ir.Pipeline, error) {
	d := &decoder{reader: reader{src: string(data)}}
	p := d.pipeline()
	if d.peek() != 0 {
		d.fail(d.pos, "want the end of the text, got %s", d.found())
	}
	if d.err != nil {
		return nil, d.err
	}
	ir.BuildIndexes(p)
	return p, nil
}

// Load is Decode for what comes from a store or the environment and was not checked since: it passes the checks that a
// definition passes, so that every walk over it ends.
func Load(data []byte) (*ir.Pipeline, error) {
	p, err := Decode(data)
	if err != nil {
		return nil, err
	}
	for _, d := range ir.Check(p) {
		if d.Severity == diag.Error {
			return nil, fmt.Errorf("it is not a valid pipeline: %s [%s]", d.Message, d.Code)
		}
	}
	return p, nil
}

// decoder builds a pipeline from what it reads.
type decoder struct {
	reader
	files []string
	depth int // composites around the graph that is being read
}

func (d *decoder) pipeline() *ir.Pipeline {
	p := &ir.Pipeline{Graph: &ir.Graph{}}
	g := graphKeys{graph: p.Graph}
	versioned := false
	d.object(func(key string) {
		if !versioned && key != "runnable_ir" {
			d.fail(d.pos, "the first key must be runnable_ir, the version of the document")
			return
		}
		switch key {
		case "runnable_ir":
			versioned = true
			if v := d.int(); v != Version {
				d.fail(d.pos, "version %d is unknown, this program reads version %d", v, Version)
			}
		case "name":
			p.Name = d.str()
		case "description":
			p.Description = d.str()
		case "dag_description":
			p.Graph.Description = d.str()
		case "files":
			d.files = d.strings()
		case "parameters":
			p.Parameters = d.parameters()
		case "modules_first":
			p.Modules.First = d.folders()
		case "modules_last":
			p.Modules.Last = d.folders()
		case "pods":
			p.Pods.Name = d.str()
		case "target_name":
			p.TargetName = d.str()
		case "schedules":
			p.Schedules = d.schedules()
		case "events":
			p.Events = d.events()
		case "concurrency":
			p.Concurrency = d.concurrency()
		case "modules_inner":
			p.Modules.Inner = d.folders()
		case "on_success":
			p.OnSuccess = d.hooks()
		case "on_failure":
			p.OnFailure = d.hooks()
		default:
			d.graphKey(&g, key, "name", "concurrency", "description", "dag_description", "events", "files", "modules_first", "modules_inner", "modules_last", "on_failure", "on_success", "parameters", "pods", "runnable_ir", "schedules", "target_name")
		}
	})
	if !versioned {
		d.fail(d.pos, "runnable_ir is missing, the version of the document")
	}
	places := []target{{"dag", &p.Span}, {"pods", &p.Pods.Span}}
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
	for i := range p.OnSuccess {
		places = append(places, target{"on_success." + strconv.Itoa(i), &p.OnSuccess[i].Span})
	}
	for i := range p.OnFailure {
		places = append(places, target{"on_failure." + strconv.Itoa(i), &p.OnFailure[i].Span})
	}
	d.finishGraph(&g, places...)
	return p
}

// folders are slash paths from the project's root.
func (d *decoder) folders() []string {
	at, out := d.pos, d.strings()
	for _, dir := range out {
		if !fs.ValidPath(dir) {
			d.fail(at, "%q is not a folder in the project", dir)
		}
	}
	return out
}

func (d *decoder) parameters() []ir.Parameter {
	var out []ir.Parameter
	d.array(func(int) {
		var p ir.Parameter
		d.object(func(key string) {
			switch key {
			case "name":
				p.Name = d.str()
			case "type":
				p.Type = ir.ParameterType(d.str())
			case "default":
				p.Default = d.json("", "")
			case "help":
				p.Help = d.str()
			case "required":
				p.Required = d.bool()
			case "choices":
				d.array(func(int) { p.Choices = append(p.Choices, d.json("", "")) })
			case "minimum":
				p.Minimum = d.json("", "")
			case "maximum":
				p.Maximum = d.json("", "")
			default:
				d.unknown(key, []string{"name", "type", "default", "help", "required", "choices", "minimum", "maximum"})
			}
		})
		out = append(out, p)
	})
	return out
}

func (d *decoder) schedules() []ir.Schedule {
	var out []ir.Schedule
	d.array(func(int) {
		var s ir.Schedule
		d.object(func(key string) {
			switch key {
			case "cron":
				s.Cron = d.str()
			case "timezone":
				s.Timezone = d.str()
			case "when":
				s.When = d.str()
			case "concurrency_policy":
				s.Policy = d.str()
			case "starting_deadline":
				s.Deadline = d.duration()
			case "suspend":
				s.Suspend = d.bool()
			case "keep_succeeded":
				s.KeepSucceeded = new(d.int())
			case "keep_failed":
				s.KeepFailed = new(d.int())
			default:
				d.unknown(key, []string{"cron", "timezone", "when", "concurrency_policy", "starting_deadline", "suspend", "keep_succeeded", "keep_failed"})
			}
		})
		out = append(out, s)
	})
	return out
}

func (d *decoder) events() []ir.Event {
	var out []ir.Event
	d.array(func(int) {
		var e ir.Event
		d.object(func(key string) {
			switch key {
			case "webhook":
				e.Webhook = d.str()
			case "calendar":
				e.Calendar = d.str()
			case "timezone":
				e.Timezone = d.str()
			case "succeeded":
				e.Succeeded = d.str()
			case "parameters":
				e.Parameters = map[string]string{}
				d.object(func(name string) { e.Parameters[name] = d.str() })
			default:
				d.unknown(key, []string{"webhook", "calendar", "timezone", "succeeded", "parameters"})
			}
		})
		out = append(out, e)
	})
	return out
}

func (d *decoder) concurrency() *ir.Concurrency {
	c := &ir.Concurrency{}
	d.object(func(key string) {
		switch key {
		case "group":
			c.Group = d.str()
		case "limit":
			c.Limit = d.int()
		case "on_conflict":
			c.OnConflict = d.str()
		default:
			d.unknown(key, []string{"group", "limit", "on_conflict"})
		}
	})
	return c
}

func (d *decoder) hooks() []ir.Hook {
	var out []ir.Hook
	d.array(func(int) {
		var h ir.Hook
		flow := &ir.Flow{}
		d.object(func(key string) {
			switch key {
			case "command":
				h.Command = d.str()
			case "webhook":
				h.Webhook = d.str()
			case "webhook_from":
				h.WebhookFrom = d.str()
			case "function":
				flow.Step, h.Flow = d.str(), flow
			case "flow":
				flow.Options = d.json("{", "an object")
			case "secrets":
				h.Secrets = d.refs()
			case "timeout":
				h.Timeout = d.duration()
			default:
				d.unknown(key, []string{"command", "webhook", "webhook_from", "function", "flow", "secrets", "timeout"})
			}
		})
		out = append(out, h)
	})
	return out
}

// graphKeys is a graph while its keys are read.
type graphKeys struct {
	graph *ir.Graph
	steps bool
	spans spanList
}

// graphKey reads one of the keys that all graphs have; others are those that this one has besides.
func (d *decoder) graphKey(g *graphKeys, key string, others ...string) {
	switch key {
	case "style":
		switch style := d.str(); style {
		case "needs":
			g.graph.Style = ir.Needs
		case "chain":
			g.graph.Style = ir.Chain
		default:
			d.fail(d.pos, "want chain or needs, got %q", style)
		}
	case "start_at":
		g.graph.Start.Name = d.str()
	case "spans":
		g.spans = d.spanList()
	case "steps":
		g.steps = true
		d.array(func(int) {
			if n := d.step(); n != nil {
				g.graph.Nodes = append(g.graph.Nodes, n)
			}
		})
	default:
		d.unknown(key, append([]string{"style", "start_at", "spans", "steps"}, others...))
	}
}

// finishGraph looks at what was missing and gives places to what was there.
func (d *decoder) finishGraph(g *graphKeys, targets ...target) {
	if !g.steps {
		d.fail(d.pos, "steps is missing")
	}
	d.placeAll(g.spans, append(targets, target{"start_at", &g.graph.Start.Span}, target{"steps", &g.graph.Span}))
}

// unknown reports a key that does not belong here; the value is not read.
func (d *decoder) unknown(key string, known []string) {
	d.fail(d.pos, "unknown key%s", diag.DidYouMean(key, known))
}

// branch reads one element of branches.
func (d *decoder) branch() ir.Branch {
	b := ir.Branch{Graph: &ir.Graph{}}
	g := graphKeys{graph: b.Graph}
	named := false
	d.object(func(key string) {
		switch key {
		case "name":
			named = true
			b.Name = d.str()
		case "description":
			b.Graph.Description = d.str()
		default:
			d.graphKey(&g, key, "name", "description")
		}
	})
	if !named {
		d.fail(d.pos, "name is missing")
	}
	d.finishGraph(&g, target{"name", &b.Span})
	return b
}

// body reads the graph of a map or a loop.
func (d *decoder) body() *ir.Graph {
	body := &ir.Graph{}
	g := graphKeys{graph: body}
	d.object(func(key string) {
		if key == "description" {
			body.Description = d.str()
			return
		}
		d.graphKey(&g, key, "description")
	})
	d.finishGraph(&g)
	return body
}

// nested reads what is inside a composite.
func (d *decoder) nested(read func()) {
	if d.depth++; d.depth > MaxDepth {
		d.fail(d.pos, "composites are nested more than %d deep", MaxDepth)
		return
	}
	read()
	d.depth--
}

// spanList is a spans mapping, read before it is known what the keys belong to.
type spanList []fieldSpan

func (d *decoder) spanList() spanList {
	list := spanList{}
	d.object(func(key string) { list = append(list, fieldSpan{key, d.place(d.files)}) })
	return list
}

func (d *decoder) placeAll(list spanList, targets []target) {
	if len(list) == 0 {
		return
	}
	byKey := make(map[string]*diag.Span, len(targets))
	for _, t := range targets {
		byKey[t.key] = t.span
	}
	for _, s := range list {
		if byKey[s.key] == nil {
			d.fail(d.pos, "spans has a place for %q, which does not exist", s.key)
			return
		}
		*byKey[s.key] = s.span
	}
}

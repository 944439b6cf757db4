package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"sync"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/drawing"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/plugin"
)

// program is a target that a program on PATH brings.
type program struct {
	name    string
	about   plugin.Description
	options reflect.Type // a struct with the tags that the description makes
	render  func(*ir.Pipeline, plugin.BackendOptions) (plugin.Rendered, diag.List, error)
}

// programs are those on PATH that were asked what they are. Each is asked once in a use of the command line.
type programs struct {
	mu    sync.Mutex
	asked map[string]func() (target.Target, error)
}

func (p *programs) get(ctx context.Context, name, path string) (target.Target, error) {
	p.mu.Lock()
	ask := p.asked[path]
	if ask == nil {
		ask = sync.OnceValues(func() (target.Target, error) { return newProgram(ctx, name, path) })
		if p.asked == nil {
			p.asked = map[string]func() (target.Target, error){}
		}
		p.asked[path] = ask
	}
	p.mu.Unlock()
	return ask()
}

// newProgram asks a program what it is. One that knows the first version of requests alone gets those, and has --image as
// its only option.
func newProgram(ctx context.Context, name, path string) (target.Target, error) {
	call := plugin.Call{Program: path, Log: os.Stderr, Limit: plugin.DescribeLimit}
	about, err := call.Describe(ctx)
	call.Limit = 0
	if err != nil {
		return nil, fmt.Errorf("--target %s: %s: %w", name, path, err)
	}
	p := &program{name: name, about: about, options: reflect.TypeFor[imageOption]()}
	p.render = func(pipeline *ir.Pipeline, o plugin.BackendOptions) (plugin.Rendered, diag.List, error) {
		return call.RenderAs(ctx, about.BackendVersion(), pipeline, o)
	}
	if about.Backend == nil {
		return p, nil
	}
	if p.options, err = structFor(about.Backend.Options); err != nil {
		return nil, fmt.Errorf("--target %s: %s: %w", name, path, err)
	}
	starter, prober := programStarter{call}, programProber{call}
	switch b := about.Backend; {
	case b.Starts && b.Probes:
		return struct {
			*program
			programStarter
			programProber
		}{p, starter, prober}, nil
	case b.Starts:
		return struct {
			*program
			programStarter
		}{p, starter}, nil
	case b.Probes:
		return struct {
			*program
			programProber
		}{p, prober}, nil
	}
	return p, nil
}

// imageOption is the option of targets that declare none.
type imageOption struct {
	Image string `flag:"image" root:"image" is:"image" help:"image that holds the pipeline's code"`
}

// structFor makes the struct whose tags declare what a description says.
func structFor(options []plugin.BackendOption) (t reflect.Type, err error) {
	types := map[string]reflect.Type{
		"": reflect.TypeFor[string](), "text": reflect.TypeFor[string](), "number": reflect.TypeFor[int](), "switch": reflect.TypeFor[bool](),
		"list": reflect.TypeFor[[]string](), "mapping": reflect.TypeFor[map[string]string](),
	}
	var fields []reflect.StructField
	for i, o := range options {
		kind, known := types[o.Type]
		switch {
		case !known:
			return nil, fmt.Errorf("its option %q has the type %q; want text, number, switch, list or mapping", o.Flag+o.Key, o.Type)
		case o.Flag != "" && kind.Kind() > reflect.Float64 && kind.Kind() != reflect.String:
			return nil, fmt.Errorf("its option --%s is a %s, which no flag can set; give it a key alone", o.Flag, o.Type)
		}
		tag := ""
		for name, value := range map[string]string{"flag": o.Flag, "cfg": o.Key, "root": o.Root, "is": o.Is, "help": o.Help} {
			tag += name + ":" + strconv.Quote(value) + " "
		}
		fields = append(fields, reflect.StructField{Name: "Option" + strconv.Itoa(i), Type: kind, Tag: reflect.StructTag(tag)})
	}
	return reflect.StructOf(fields), nil
}

// Name implements [target.Target].
func (p *program) Name() string { return p.name }

// About implements [target.Target].
func (p *program) About() target.About {
	about := target.About{Title: or(p.about.Description, "a program on PATH"), Limits: map[target.Feature]string{}}
	if p.about.Backend == nil {
		return about
	}
	for feature, limit := range p.about.Backend.Limits {
		about.Limits[target.Feature(feature)] = limit
	}
	return about
}

// Options implements [target.Target].
func (p *program) Options() any { return reflect.New(p.options).Interface() }

// Render implements [target.Target].
func (p *program) Render(pipeline *ir.Pipeline, in target.Inputs, options any) (target.Rendering, diag.List) {
	o := backendOptions(in)
	if image, ok := options.(*imageOption); ok {
		o.Image = image.Image
	} else {
		o.Options, _ = json.Marshal(target.Values(options)) // texts, numbers and lists of them
	}
	r, list, err := p.render(pipeline, o)
	if err != nil {
		list.Add(diag.Errorf(plugin.CodeAnswer, pipeline.Span, "the target %s cannot render the pipeline: %v", p.name, err))
		return target.Rendering{}, list
	}
	out := target.Rendering{Files: r.Files, Notes: r.Notes}
	if r.Diagram != nil {
		out.Diagram = func() (*target.Diagram, error) { return diagramOf(r.Diagram, "") }
	}
	if b := p.about.Backend; b != nil {
		out.Comment, out.Next = b.Comment, b.Next
	}
	return out, list
}

// diagramOf is the diagram that a program describes.
func diagramOf(d *plugin.Diagram, path string) (*target.Diagram, error) {
	out, index := &drawing.Diagram{}, map[string]int{}
	for i, n := range d.Nodes {
		if _, taken := index[n.Name]; taken || n.Name == "" {
			return nil, fmt.Errorf("its diagram has a node without a name, or two with one name: %q", ir.Join(path, n.Name))
		}
		index[n.Name] = i
		node := drawing.Node{Path: ir.Join(path, n.Name), Name: n.Name, Kind: or(n.Kind, "node"), Detail: n.Detail}
		if n.Inside != nil {
			inside, err := diagramOf(n.Inside, node.Path)
			if err != nil {
				return nil, err
			}
			node.Groups = []drawing.Group{{Name: n.Name, Diagram: inside}}
		}
		out.Nodes = append(out.Nodes, node)
	}
	for _, e := range d.Edges {
		from, known := index[e.From]
		to, knownToo := index[e.To]
		if !known || !knownToo {
			return nil, fmt.Errorf("its diagram has an edge from %q to %q, which are not both nodes beside each other", e.From, e.To)
		}
		out.Edges = append(out.Edges, drawing.Edge{From: from, To: to, Failure: e.Failure})
	}
	return out, nil
}

func backendOptions(in target.Inputs) plugin.BackendOptions {
	o := plugin.BackendOptions{Store: in.Store, Source: in.Source, ConfigFile: in.ConfigFile, Release: in.Release, Folder: in.Folder}
	for _, param := range in.Parameters {
		o.Parameters = append(o.Parameters, plugin.Parameter(param))
	}
	return o
}

// programStarter starts runs by a program.
type programStarter struct{ call plugin.Call }

// Start implements [target.Starter].
func (p programStarter) Start(ctx context.Context, r target.Rendering, run target.Run) error {
	call := p.call
	call.Log, call.Limit, call.Environ = run.Log, plugin.NoLimit, run.Environ
	files := map[string]string{}
	for name, text := range r.Files {
		files[name] = string(text)
	}
	return call.Start(ctx, plugin.StartRequest{Files: files, Run: run.ID, Retry: run.Retry, Tags: run.Tags, Folder: run.Folder, Dir: run.Dir})
}

// programProber asks a program whether runs go on.
type programProber struct{ call plugin.Call }

// Probe implements [target.Prober].
func (p programProber) Probe(ctx context.Context, h target.Header) (target.State, string) {
	state, hint, err := p.call.Probe(ctx, plugin.ProbeRequest{Run: h.Run, Code: h.Code})
	switch {
	case err != nil:
		return target.Unknown, p.call.Program
	case state == plugin.StateGoing:
		return target.Going, hint
	case state == plugin.StateEnded:
		return target.Ended, hint
	}
	return target.Unknown, hint
}

// oldBackend is a backend of a custom build that renders and does nothing else.
type oldBackend struct {
	name    string
	backend plugin.Backend
}

// Name implements [target.Target].
func (b oldBackend) Name() string { return b.name }

// About implements [target.Target].
func (b oldBackend) About() target.About { return target.About{Title: "of this program"} }

// Options implements [target.Target].
func (b oldBackend) Options() any { return &imageOption{} }

// Render implements [target.Target].
func (b oldBackend) Render(p *ir.Pipeline, in target.Inputs, options any) (target.Rendering, diag.List) {
	o := backendOptions(in)
	o.Image = options.(*imageOption).Image
	files, list := b.backend.Render(p, o)
	return target.Rendering{Files: files}, list
}

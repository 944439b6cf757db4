package plugin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// Task runs the commands of one or more kinds. The context ends with the run and with the step's time limit; what is
// printed is the step's log. An error, or a panic, fails the attempt.
type Task interface {
	Run(ctx context.Context, r *TaskRequest) (*TaskAnswer, error)
}

// TaskFunc is a [Task] that is a function.
type TaskFunc func(ctx context.Context, r *TaskRequest) (*TaskAnswer, error)

// Run implements [Task].
func (f TaskFunc) Run(ctx context.Context, r *TaskRequest) (*TaskAnswer, error) { return f(ctx, r) }

// Frontend reads one kind of definition. The pipeline may be as it was written: what may be left out is filled later.
type Frontend interface {
	Parse(file string, text []byte) (*ir.Pipeline, diag.List)
}

// FrontendFunc is a [Frontend] that is a function.
type FrontendFunc func(file string, text []byte) (*ir.Pipeline, diag.List)

// Parse implements [Frontend].
func (f FrontendFunc) Parse(file string, text []byte) (*ir.Pipeline, diag.List) { return f(file, text) }

// Backend renders for one target. What the target cannot express is an error with the place of the construct; the map
// is then nil.
type Backend interface {
	Render(p *ir.Pipeline, o BackendOptions) (map[string][]byte, diag.List)
}

// BackendFunc is a [Backend] that is a function.
type BackendFunc func(p *ir.Pipeline, o BackendOptions) (map[string][]byte, diag.List)

// Render implements [Backend].
func (f BackendFunc) Render(p *ir.Pipeline, o BackendOptions) (map[string][]byte, diag.List) {
	return f(p, o)
}

// BackendOptions is what comes to a pipeline when it is rendered.
type BackendOptions struct {
	Parameters []Parameter
	Image      string // of the steps that name none
	Store      string // a bucket's URL, where one is configured
	Source     string // the name of the definition's file

	// Of requests of version 2.
	Options    json.RawMessage // an object: those that are set, by their keys, else their flags
	ConfigFile string          // for messages
	Release    string          // of runnable-render
	Folder     bool            // the output is a folder
}

// Program is what a program serves; nil parts are refused with a message.
type Program struct {
	Description string // one line
	Task        Task
	Frontend    Frontend
	Backend     Backend

	// Of a backend with options of its own, that takes requests of version 2 and of version 1.
	Describe *BackendDescription
	Start    func(ctx context.Context, r StartRequest) error
	Probe    func(ctx context.Context, r ProbeRequest) (state, hint string)
}

// Main serves the process's own call and ends it. It is all that the main of a plugin needs.
func (p Program) Main() {
	code, called := p.Serve(os.Args[1:], os.Stderr)
	if !called {
		fmt.Fprintf(os.Stderr, "%s: this is a plugin of runnable-render, which finds it on PATH by its name (docs/plugins.md)\n", p.Description)
		code = 2
	}
	os.Exit(code)
}

// Serve answers a call and returns the exit code; called is false when args are no call of a plugin.
func (p Program) Serve(args []string, stderr io.Writer) (code int, called bool) {
	if len(args) == 0 {
		return 0, false
	}
	serve, ok := map[string]func(request []byte) (any, error){
		VerbDescribe: p.describe,
		VerbTask:     p.task,
		VerbFrontend: p.frontend,
		VerbBackend:  p.backend,
		VerbStart:    p.start,
		VerbProbe:    p.probe,
	}[args[0]]
	if !ok {
		return 0, false
	}
	if err := answer(args, serve); err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", args[0], err)
		return 1, true
	}
	return 0, true
}

// answer reads the request, if the verb has one, and writes what serve makes of it.
func answer(args []string, serve func([]byte) (any, error)) error {
	want := 3
	if args[0] == VerbDescribe {
		want = 2
	}
	if len(args) != want {
		return fmt.Errorf("want %d file names, got %d", want-1, len(args)-1)
	}
	var request []byte
	if want == 3 {
		var err error
		if request, err = os.ReadFile(args[1]); err != nil {
			return fmt.Errorf("the request: %w", err)
		}
	}
	out, err := serve(request)
	if err != nil {
		return err
	}
	data, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("the answer: %w", err)
	}
	return os.WriteFile(args[want-1], data, 0o600)
}

// Decode reads a request or an answer of this version.
func Decode(data []byte, into any) error {
	var head struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return fmt.Errorf("it is not JSON: %w", err)
	}
	newest := Version
	switch into.(type) {
	case *BackendRequest, *BackendAnswer, *StartRequest, *ProbeRequest, *ProbeAnswer, *Done:
		newest = RenderVersion
	}
	switch {
	case head.Version == nil:
		return fmt.Errorf(`it has no "version"; the one known here is %d`, newest)
	case *head.Version < 1 || *head.Version > newest:
		return fmt.Errorf("it has version %d, and the one known here is %d", *head.Version, newest)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	return d.Decode(into)
}

func (p Program) describe([]byte) (any, error) {
	d := Description{Version: Version, Description: p.Description}
	if p.Backend != nil && p.Describe != nil {
		own := *p.Describe
		own.Starts, own.Probes = p.Start != nil, p.Probe != nil
		d.Backend = &own
	}
	return d, nil
}

func (p Program) start(request []byte) (any, error) {
	var r StartRequest
	if err := Decode(request, &r); err != nil {
		return nil, fmt.Errorf("the request: %w", err)
	}
	if p.Start == nil {
		return nil, fmt.Errorf("this program starts no runs")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Done{r.Version}, p.Start(ctx, r)
}

func (p Program) probe(request []byte) (any, error) {
	var r ProbeRequest
	if err := Decode(request, &r); err != nil {
		return nil, fmt.Errorf("the request: %w", err)
	}
	if p.Probe == nil {
		return nil, fmt.Errorf("this program knows of no runs")
	}
	a := ProbeAnswer{Version: r.Version}
	a.State, a.Hint = p.Probe(context.Background(), r)
	return a, nil
}

func (p Program) task(request []byte) (any, error) {
	var r TaskRequest
	if err := Decode(request, &r); err != nil {
		return nil, fmt.Errorf("the request: %w", err)
	}
	if p.Task == nil {
		return nil, fmt.Errorf("this program runs no tasks")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Guard(ctx, p.Task, &r), nil
}

// Guard runs a task and makes an answer of an error and of a panic, whose stack goes to the log.
func Guard(ctx context.Context, t Task, r *TaskRequest) (a *TaskAnswer) {
	defer func() {
		if v := recover(); v != nil {
			fmt.Fprintf(os.Stderr, "panic: %v\n\n%s", v, debug.Stack())
			a = &TaskAnswer{Version: Version, Failure: &TaskFailure{Message: fmt.Sprintf("panic: %v", v)}}
		}
	}()
	a, err := t.Run(ctx, r)
	if a == nil {
		a = &TaskAnswer{}
	}
	a.Version = Version
	if err != nil {
		var own *TaskFailure
		if !errors.As(err, &own) {
			own = &TaskFailure{Message: err.Error()}
		}
		a.Returns, a.Need, a.Failure = nil, nil, &TaskFailure{Kind: own.Kind, Message: err.Error()}
	}
	return a
}

func (p Program) frontend(request []byte) (any, error) {
	var r FrontendRequest
	if err := Decode(request, &r); err != nil {
		return nil, fmt.Errorf("the request: %w", err)
	}
	if p.Frontend == nil {
		return nil, fmt.Errorf("this program reads no definitions")
	}
	got, list := p.Frontend.Parse(r.File, []byte(r.Text))
	a := FrontendAnswer{Version: Version, Diagnostics: Messages(list)}
	if got == nil || list.HasErrors() {
		return a, nil
	}
	text, err := irjson.EncodeWithSpans(got)
	if err != nil {
		return nil, err
	}
	a.Pipeline = text
	return a, nil
}

func (p Program) backend(request []byte) (any, error) {
	var r BackendRequest
	if err := Decode(request, &r); err != nil {
		return nil, fmt.Errorf("the request: %w", err)
	}
	if p.Backend == nil {
		return nil, fmt.Errorf("this program renders nothing")
	}
	got, err := irjson.Decode(r.Pipeline)
	if err != nil {
		return nil, fmt.Errorf("the request: %w", err)
	}
	files, list := p.Backend.Render(got, BackendOptions{
		Parameters: r.Parameters, Image: r.Image, Store: r.Store, Source: r.Source,
		Options: r.Options, ConfigFile: r.ConfigFile, Release: r.Release, Folder: r.Folder,
	})
	a := BackendAnswer{Version: r.Version, Diagnostics: Messages(list)}
	if !list.HasErrors() {
		a.Files = map[string]string{}
		for name, text := range files {
			a.Files[name] = string(text)
		}
	}
	return a, nil
}

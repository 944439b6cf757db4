// Package pipeline defines pipelines in Go, with Go functions, Python functions, shell scripts and notebooks as steps.
//
//	func main() {
//		pipeline.Main(pipeline.New("hello",
//			pipeline.Shell("greet", `export greeting="hello, $name"`).Returns("greeting"),
//			pipeline.Go(shout),
//		))
//	}
//
// Steps run in the order written. Every later step finds what a step returns by name: a Go function in the fields of
// its argument, a Python function as an argument, a script as a variable. If a step has [TaskStep.Needs], its graph is
// ordered by dependencies.
//
// [Main] makes the program one that runnable-render can read and run: `runnable-render pipeline.go --target argo`. A
// program that hands its pipeline to app.Main has the whole command line itself. Mistakes are reported with the file
// and line of the call that made them. Importing this package links neither Argo nor compose nor a command line.
package pipeline

import (
	"runtime"
	"slices"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Pipeline is a whole definition.
type Pipeline struct {
	name, description string
	body              body
	span              diag.Span
	parameters        []ir.Parameter
	pods              ir.Ref
	concurrency       *ir.Concurrency
	schedules         []ir.Schedule
	events            []ir.Event
	problems          diag.List

	onSuccess, onFailure []Hook
}

// New makes a pipeline of steps that run in this order. With an empty name it is named after its
// file, or after the folder where the file is called pipeline.go or flow.go.
func New(name string, steps ...Step) *Pipeline {
	at := here()
	return &Pipeline{name: name, span: at, body: body{steps: steps, span: at}}
}

// Describe says what the pipeline is for.
func (p *Pipeline) Describe(text string) *Pipeline {
	p.description = text
	return p
}

// OnePod runs the whole pipeline in one pod, on targets that have pods or jobs.
func (p *Pipeline) OnePod() *Pipeline {
	p.pods = ir.Ref{Name: ir.OnePod, Span: here()}
	return p
}

// Schedule says when runs begin: Cron, and more where it is wanted.
type Schedule = ir.Schedule

// What becomes of a run whose time comes while the last one goes on: [Schedule.Policy].
const (
	Allow   = ir.PolicyAllow   // both go on
	Forbid  = ir.PolicyForbid  // it is left out, as without a policy
	Replace = ir.PolicyReplace // the last one is ended
)

// Schedule begins runs by time, on targets that do so.
func (p *Pipeline) Schedule(schedules ...Schedule) *Pipeline {
	at := here()
	for _, s := range schedules {
		s.Span = at
		p.schedules = append(p.schedules, s)
	}
	return p
}

// Event says what begins a run: one of Webhook, Calendar and Succeeded, and where in it the values of parameters are.
type Event = ir.Event

// Events begin runs, on targets where events do.
func (p *Pipeline) Events(events ...Event) *Pipeline {
	at := here()
	for _, e := range events {
		e.Span = at
		p.events = append(p.events, e)
	}
	return p
}

// Concurrency is a limit of runs that go on at a time.
type Concurrency = ir.Concurrency

// What a run does that would be one too many.
const (
	Wait   = ir.ConflictWait   // it begins when another one has ended
	Refuse = ir.ConflictFail   // it does not begin
	Cancel = ir.ConflictCancel // it ends the oldest of the others, and begins
)

// Concurrency limits how many runs go on at a time: without more, one, and the next one waits.
func (p *Pipeline) Concurrency(c Concurrency) *Pipeline {
	c.Span = here()
	p.concurrency = &c
	return p
}

// Start names the first step, where it is not the first one written.
func (p *Pipeline) Start(at Target) *Pipeline {
	p.body.start(at, here())
	return p
}

// Hook is what is done when a run has ended: a command, or a request to a webhook, one of which it sets.
type Hook = ir.Hook

// HookSecrets names secrets that the command of a hook may see: the others are hidden from it.
func HookSecrets(names ...string) []ir.Ref {
	at := here()
	refs := make([]ir.Ref, len(names))
	for i, name := range names {
		refs[i] = ir.Ref{Name: name, Span: at}
	}
	return refs
}

// OnSuccess says what is done when the run has succeeded.
func (p *Pipeline) OnSuccess(hooks ...Hook) *Pipeline {
	p.onSuccess = append(p.onSuccess, placed(hooks, here())...)
	return p
}

// OnFailure says what is done when the run has failed.
func (p *Pipeline) OnFailure(hooks ...Hook) *Pipeline {
	p.onFailure = append(p.onFailure, placed(hooks, here())...)
	return p
}

func placed(hooks []Hook, at diag.Span) []Hook {
	out := make([]Hook, len(hooks))
	for i, h := range hooks {
		h.Span = at
		out[i] = h
	}
	return out
}

// File is the Go file in which the pipeline was made.
func (p *Pipeline) File() string { return p.span.File }

// IR returns the graph and what is wrong with how it was made; ir.Check finds the rest. Every call makes a new one.
func (p *Pipeline) IR() (*ir.Pipeline, diag.List) {
	l := &lowering{functions: map[string]*function{}}
	l.problems = append(l.problems, p.problems...)
	return &ir.Pipeline{
		Name: p.name, Parameters: slices.Clone(p.parameters), Pods: p.pods, Concurrency: p.concurrency, Schedules: p.schedules, Events: p.events, Graph: p.graph(l), OnSuccess: p.onSuccess, OnFailure: p.onFailure, Span: p.span,
	}, l.problems
}

func (p *Pipeline) graph(l *lowering) *ir.Graph {
	g := l.graph(&p.body)
	g.Description = p.description
	return g
}

// functions are the Go functions among the steps, by name.
func (p *Pipeline) functions() (map[string]*function, diag.List) {
	l := &lowering{functions: map[string]*function{}}
	p.graph(l)
	return l.functions, l.problems
}

// Arm is a named branch of a parallel or conditional.
type Arm struct {
	name string
	body body
}

// Branch makes a branch of steps that run in this order.
func Branch(name string, steps ...Step) *Arm {
	return &Arm{name, body{steps: steps, span: here()}}
}

// Describe says what the branch is for.
func (a *Arm) Describe(text string) *Arm {
	a.body.description = text
	return a
}

// Start names the first step, where it is not the first one written.
func (a *Arm) Start(at Target) *Arm {
	a.body.start(at, here())
	return a
}

// Target is where an edge may lead: a step, or a [Name].
type Target interface{ target() string }

// Name names a step of the same graph, for references to steps that are made later.
type Name string

func (n Name) target() string { return string(n) }

// The terminals that every graph has.
const (
	Success Name = ir.Success
	Fail    Name = ir.Fail
)

// Resources is what a step asks of its machine, in Kubernetes' quantity notation.
type Resources = ir.Resources

// Return is a name that a task returns.
type Return = ir.Return

// Value kinds, for [Return].
const (
	JSON   = ir.JSON
	Text   = ir.Text
	Metric = ir.Metric
	Object = ir.Object
)

// here is the place in the user's program that called into this package.
func here() diag.Span {
	// 0 is here, 1 the exported function, 2 its caller.
	_, file, line, ok := runtime.Caller(2)
	if !ok {
		return diag.Span{}
	}
	return diag.Span{File: file, Line: line}
}

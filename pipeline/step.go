package pipeline

import (
	"strconv"
	"time"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Step is one of [TaskStep], [StubStep], [ParallelStep], [MapStep], [ConditionalStep], [LoopStep] and [NestedStep].
type Step interface {
	Target
	shared() *base
	lower(*lowering) ir.Node
}

// base is what all steps share, as it was written.
type base struct {
	common   ir.Common
	needs    []reference
	next     reference
	handler  reference
	problems diag.List
}

// reference is a target with the place where it was written.
type reference struct {
	to Target
	at diag.Span
}

func (r reference) ref() ir.Ref {
	if r.to == nil {
		return ir.Ref{}
	}
	return ir.Ref{Name: r.to.target(), Span: r.at}
}

func (b *base) target() string { return b.common.Name }
func (b *base) shared() *base  { return b }

func (b *base) problem(at diag.Span, format string, args ...any) {
	b.problems.Add(diag.Errorf(codeDefinition, at, format, args...))
}

// settings has the methods that all steps share; self is what they return.
type settings[T any] struct {
	base
	self *T
}

func (s *settings[T]) begin(self *T, name string, at diag.Span) *T {
	s.self, s.common.Name, s.common.Span = self, name, at
	return self
}

// Named gives the step another name.
func (s *settings[T]) Named(name string) *T {
	s.common.Name, s.common.Span = name, here()
	return s.self
}

// Needs makes the step wait for others, and its graph one of dependencies, in which all steps run as soon as those
// they need are done. With no argument the step waits for none.
func (s *settings[T]) Needs(steps ...Target) *T {
	if s.needs == nil {
		s.needs = []reference{}
	}
	for _, to := range steps {
		s.needs = append(s.needs, reference{to, here()})
	}
	return s.self
}

// Next says where the step leads, where that is not the next step written.
func (s *settings[T]) Next(to Target) *T {
	s.next = reference{to, here()}
	return s.self
}

// OnFailure names the step that runs when this one fails, its handler. A handler that stands nowhere in the graph
// is put behind the step.
func (s *settings[T]) OnFailure(to Target) *T {
	s.handler = reference{to, here()}
	return s.self
}

// Env sets a variable of the step's environment; on a composite it is a default of its steps.
func (s *settings[T]) Env(name, value string) *T {
	s.common.Env = append(s.common.Env, ir.EnvVar{Name: name, Value: value})
	return s.self
}

// Image is the container image of the step; on a composite it is the default of its steps.
func (s *settings[T]) Image(image string) *T {
	s.common.Image = image
	return s.self
}

// Python is the interpreter of the step's Python function or notebook: a path, a name on PATH, or a version such as
// "3.12"; on a composite it is the default of its steps.
func (s *settings[T]) Python(interpreter string) *T {
	s.common.Python = interpreter
	return s.self
}

// Packages are Python packages as pip takes them, such as "pandas==2.2.3". The step's Python function or notebook runs in an
// environment of its own that holds them; on a composite they are packages of its steps too.
func (s *settings[T]) Packages(requirements ...string) *T {
	at := here()
	for _, r := range requirements {
		s.common.Packages = append(s.common.Packages, ir.Ref{Name: r, Span: at})
	}
	return s.self
}

// onePod makes the steps of a composite share a pod.
func (s *settings[T]) onePod(at diag.Span) *T {
	s.common.Pods = ir.Ref{Name: ir.OnePod, Span: at}
	return s.self
}

// Resources is what the step asks of its machine; on a composite it is the default of its steps.
func (s *settings[T]) Resources(r Resources) *T {
	s.common.Resources = r
	return s.self
}

// Override names, for one executor, a group of settings in the configuration file.
func (s *settings[T]) Override(executor, key string) *T {
	s.common.Overrides = append(s.common.Overrides, ir.Override{Executor: executor, Key: key, Span: here()})
	return s.self
}

// Target gives the step settings for one target, such as p.Settings{"node_selector": p.Settings{"disk": "ssd"}} for argo; on
// a composite they are defaults of its steps. Other targets ignore them.
func (s *settings[T]) Target(name string, settings Settings) *T {
	at := here()
	text, err := jsonText(settings)
	if err != nil {
		s.problem(at, "the settings for %s cannot be written as JSON: %v", name, err)
		return s.self
	}
	s.common.Targets = append(s.common.Targets, ir.TargetSettings{Target: name, Span: at, Settings: text})
	return s.self
}

// Settings are those of one target, by their keys as in YAML.
type Settings = map[string]any

// Ignore accepts warnings about the step, and what is inside it, by their codes, such as "RR0524".
func (s *settings[T]) Ignore(codes ...string) *T {
	s.common.Ignore = append(s.common.Ignore, refs(codes, here())...)
	return s.self
}

// leaf has the methods that tasks and stubs share.
type leaf[T any] struct {
	settings[T]
	catalog *ir.Catalog
}

func (l *leaf[T]) files(at diag.Span) *ir.Catalog {
	if l.catalog == nil {
		l.catalog = &ir.Catalog{Span: at}
	}
	return l.catalog
}

// Get says which files the step gets from the catalog before it runs.
func (l *leaf[T]) Get(globs ...string) *T {
	c := l.files(here())
	c.Get = append(c.Get, refs(globs, here())...)
	return l.self
}

// Put says which files the step leaves in the catalog.
func (l *leaf[T]) Put(globs ...string) *T {
	c := l.files(here())
	c.Put = append(c.Put, refs(globs, here())...)
	return l.self
}

// NoCopy records the files of the catalog and leaves them where they are.
func (l *leaf[T]) NoCopy() *T {
	l.files(here()).NoCopy = true
	return l.self
}

func refs(names []string, at diag.Span) []ir.Ref {
	out := make([]ir.Ref, len(names))
	for i, n := range names {
		out[i] = ir.Ref{Name: n, Span: at}
	}
	return out
}

// TaskStep runs a command: a Go function, a Python function, a shell script, a notebook, or a plugin's.
type TaskStep struct {
	leaf[TaskStep]
	task     ir.Task
	function *function // of a Go function
}

// Returns names what the task returns.
func (t *TaskStep) Returns(names ...string) *TaskStep { return t.returns(names, ir.JSON, here()) }

// Metrics is [TaskStep.Returns] for values that are also reported.
func (t *TaskStep) Metrics(names ...string) *TaskStep { return t.returns(names, ir.Metric, here()) }

// Texts is [TaskStep.Returns] for text that is never decoded.
func (t *TaskStep) Texts(names ...string) *TaskStep { return t.returns(names, ir.Text, here()) }

// Objects is [TaskStep.Returns] for Python objects that are pickled.
func (t *TaskStep) Objects(names ...string) *TaskStep { return t.returns(names, ir.Object, here()) }

// Return is [TaskStep.Returns] for one name with all that there is to say of it.
func (t *TaskStep) Return(r Return) *TaskStep {
	r.Span = here()
	if r.Kind == "" {
		r.Kind = ir.JSON
	}
	t.task.Returns = append(t.task.Returns, r)
	return t
}

func (t *TaskStep) returns(names []string, kind ir.ValueKind, at diag.Span) *TaskStep {
	for _, name := range names {
		t.task.Returns = append(t.task.Returns, ir.Return{Name: name, Kind: kind, Span: at})
	}
	return t
}

// Bind gives an argument of the function the value of another parameter; of several, the list of their values.
func (t *TaskStep) Bind(arg string, params ...string) *TaskStep {
	at := here()
	if len(params) == 0 {
		t.problem(at, "Bind(%q) names no parameter; give one, or Value for a literal", arg)
		return t
	}
	t.task.Inputs = append(t.task.Inputs, ir.Input{Arg: arg, Span: at, From: params, List: len(params) > 1})
	return t
}

// BindList gives an argument of the function the list of the values of parameters.
func (t *TaskStep) BindList(arg string, params ...string) *TaskStep {
	t.task.Inputs = append(t.task.Inputs, ir.Input{Arg: arg, Span: here(), From: append([]string{}, params...), List: true})
	return t
}

// Value gives an argument of the function a value of its own, written as JSON.
func (t *TaskStep) Value(arg string, value any) *TaskStep {
	at := here()
	text, err := jsonText(value)
	if err != nil {
		t.problem(at, "the value of %q cannot be written as JSON: %v", arg, err)
	}
	t.task.Inputs = append(t.task.Inputs, ir.Input{Arg: arg, Span: at, Value: text})
	return t
}

// Secrets names the secrets that the task sees, as variables of its environment.
func (t *TaskStep) Secrets(names ...string) *TaskStep {
	t.task.Secrets = append(t.task.Secrets, refs(names, here())...)
	return t
}

// Retry repeats a failed attempt, so often.
func (t *TaskStep) Retry(limit int) *TaskStep {
	t.task.Retry.Limit = limit
	return t
}

// Backoff waits before a repeated attempt: duration, then factor times as long each time, at most limit. A factor of 0
// is 1, a limit of 0 none.
func (t *TaskStep) Backoff(duration time.Duration, factor float64, limit time.Duration) *TaskStep {
	t.task.Retry.Backoff = ir.Backoff{Duration: duration, Factor: factor, Cap: limit}
	return t
}

// Cause is why an attempt failed.
type Cause string

// The causes for [TaskStep.RetryOn], beside [ExitCode].
const (
	OnError   Cause = "error"
	OnTimeout Cause = "timeout"
	OnOOM     Cause = "oom"
)

// ExitCode is the failure of a process with that code.
func ExitCode(n int) Cause { return Cause(strconv.Itoa(n)) }

// RetryOn repeats attempts that failed for these causes alone.
func (t *TaskStep) RetryOn(causes ...Cause) *TaskStep {
	for _, c := range causes {
		t.task.Retry.On = append(t.task.Retry.On, string(c))
	}
	return t
}

// MemoryFactor gives an attempt that follows a failure of kind oom so many times the memory of the attempt before.
func (t *TaskStep) MemoryFactor(factor float64) *TaskStep {
	t.task.Retry.MemoryFactor = factor
	return t
}

// Timeout ends an attempt that takes longer. The context of a Go function is then done; a function that does not
// return is killed a little later.
func (t *TaskStep) Timeout(d time.Duration) *TaskStep {
	t.task.Timeout = d
	return t
}

// Cache keeps an earlier result where function, inputs and files are the same.
func (t *TaskStep) Cache() *TaskStep {
	t.task.Cache = true
	return t
}

// StubStep does nothing and succeeds; its files are synced.
type StubStep struct{ leaf[StubStep] }

// Stub makes a step that does nothing, in place of one that is to come.
func Stub(name string) *StubStep {
	s := &StubStep{}
	return s.begin(s, name, here())
}

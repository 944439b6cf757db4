package ir

import (
	"cmp"
	"time"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Node is one of [*Task], [*Stub], [*Parallel], [*Map], [*Conditional], [*Loop] and [*Nested].
//
//sumtype:decl
type Node interface {
	// Base returns what all kinds share.
	Base() *Common
	kind() NodeKind

	// What follows has a default for kinds that have no such thing; functions of this package say what it is.
	leaf() bool
	graphs() []Branch
	repeats() bool
	ownName() Ref
	reads() []Ref
	failsFast() bool
	catalog() *Catalog
}

func (*Task) kind() NodeKind        { return taskKind }
func (*Stub) kind() NodeKind        { return stubKind }
func (*Parallel) kind() NodeKind    { return parallelKind }
func (*Map) kind() NodeKind         { return mapKind }
func (*Conditional) kind() NodeKind { return conditionalKind }
func (*Loop) kind() NodeKind        { return loopKind }
func (*Nested) kind() NodeKind      { return nestedKind }

// Common is what all kinds of node share.
type Common struct {
	Name string
	Span diag.Span // the name, where it is written

	Next      Ref   // Chain: a step or a terminal, never empty after Check. Needs: empty
	OnFailure Ref   // a step or a terminal; empty: the failure reaches `fail`
	Needs     []Ref // Needs: the steps that must be done first, in the order written

	// Settings of this step; on a composite they are the defaults of its leaves (SEMANTICS 1).
	Env       []EnvVar
	Image     string
	Python    string // the interpreter of Python steps and notebooks: a path, a name on PATH or a version
	Packages  []Ref  // what the environment of Python steps and notebooks holds, as pip takes it: "pandas==2.2.3"
	Resources Resources
	Overrides []Override
	Targets   []TargetSettings // one for each target, in the order written

	Pods Ref // on a composite: [OnePod], or empty

	Ignore []Ref // codes of warnings about the step, and what is inside it, that its author has accepted
}

// OnePod is the value of Common.Pods and Pipeline.Pods that makes all steps inside share one pod or job, on targets that
// have such (SEMANTICS 1). Steps run in pods of their own where it is not said.
const OnePod = "one"

// OnePod reports whether the steps of a composite share one pod.
func (c *Common) OnePod() bool { return c.Pods.Name == OnePod }

// Base implements [Node].
func (c *Common) Base() *Common { return c }

func (*Common) leaf() bool        { return false }
func (*Common) graphs() []Branch  { return nil }
func (*Common) repeats() bool     { return false }
func (*Common) ownName() Ref      { return Ref{} }
func (*Common) reads() []Ref      { return nil }
func (*Common) failsFast() bool   { return false }
func (*Common) catalog() *Catalog { return nil }

// EnvVar is one variable of a step's environment.
type EnvVar struct {
	Name  string
	Value string
}

// Override names, for one executor, a group of settings in the configuration file.
type Override struct {
	Executor string
	Key      string
	Span     diag.Span
}

// Task runs a command.
type Task struct {
	Common
	Command Command
	Returns []Return
	Inputs  []Input
	Secrets []Ref
	Catalog *Catalog // nil: none
	Retry   Retry
	Timeout time.Duration // of each attempt, up to [MaxDuration]; 0: none
	Cache   bool
}

func (*Task) leaf() bool          { return true }
func (n *Task) catalog() *Catalog { return n.Catalog }

func (n *Task) reads() []Ref { return sources(n.Inputs) }

// sources are the parameters that inputs name.
func sources(inputs []Input) []Ref {
	var out []Ref
	for _, in := range inputs {
		for _, name := range in.From {
			out = append(out, Ref{name, in.Span})
		}
	}
	return out
}

// Stub does nothing and succeeds; its catalog is synced.
type Stub struct {
	Common
	Catalog *Catalog // nil: none
}

func (*Stub) leaf() bool          { return true }
func (n *Stub) catalog() *Catalog { return n.Catalog }

// Parallel runs all its branches.
type Parallel struct {
	Common
	Branches []Branch
	FailFast bool
}

func (n *Parallel) graphs() []Branch { return n.Branches }
func (n *Parallel) failsFast() bool  { return n.FailFast }

// Map runs its body once for each item of a list.
type Map struct {
	Common
	Body        *Graph
	IterateOn   Ref // the parameter that holds the list, unless IterateOver makes it
	IterateOver Expression
	IterateAs   Ref    // the name of the item in the body
	Reducer     string // empty: a plain list; see engine.ParseReducer for the forms
	ReducerSpan diag.Span
	Parallelism int // iterations at a time; 0: no limit of its own
	FailFast    bool
}

func (n *Map) graphs() []Branch { return n.body(n.Body) }
func (*Map) repeats() bool      { return true }
func (n *Map) ownName() Ref     { return n.IterateAs }
func (n *Map) reads() []Ref     { return n.IterateOver.or(n.IterateOn) }
func (n *Map) failsFast() bool  { return n.FailFast }

// Conditional runs the branch that a parameter's value names.
type Conditional struct {
	Common
	Parameter  Ref // unless there is an Expression
	Expression Expression
	Branches   []Branch
	Default    string // the branch for all other values; empty: such a value fails the step
	FailFast   bool
}

func (n *Conditional) graphs() []Branch { return n.Branches }
func (n *Conditional) reads() []Ref     { return n.Expression.or(n.Parameter) }
func (n *Conditional) failsFast() bool  { return n.FailFast }

// DefaultBranch is the name of the branch that a conditional's `default:` graph becomes.
const DefaultBranch = "default"

// Loop runs its body again and again: do-while.
type Loop struct {
	Common
	Body          *Graph
	MaxIterations int
	BreakOn       Ref // the parameter that ends the loop when it is true, unless there is BreakWhen
	BreakWhen     Expression
	IndexAs       Ref // the name of the iteration's number in the body
	FailFast      bool
}

func (n *Loop) graphs() []Branch { return n.body(n.Body) }
func (*Loop) repeats() bool      { return true }
func (n *Loop) ownName() Ref     { return n.IndexAs }
func (n *Loop) reads() []Ref     { return n.BreakWhen.or(n.BreakOn) }
func (n *Loop) failsFast() bool  { return n.FailFast }

// body is the one graph of a map or loop, as a branch.
func (c *Common) body(g *Graph) []Branch { return []Branch{{Name: AnyItem, Graph: g, Span: c.Span}} }

// Expression is a Starlark expression over the visible parameters (SEMANTICS 2.11). The zero Expression is none.
type Expression struct {
	Text  string
	Span  diag.Span
	Names []Ref // the parameters that it reads; the engine's check fills them
}

// or is what a node reads that goes by e, or by a parameter where there is no expression.
func (e Expression) or(parameter Ref) []Ref {
	if e.Text == "" {
		return []Ref{parameter}
	}
	return e.Names
}

// Over says what a map goes over, for people.
func (n *Map) Over() string { return cmp.Or(n.IterateOn.Name, n.IterateOver.Text) }

// By says what a conditional goes by, for people.
func (n *Conditional) By() string { return cmp.Or(n.Parameter.Name, n.Expression.Text) }

// Until says what ends a loop, for people.
func (n *Loop) Until() string { return cmp.Or(n.BreakOn.Name, n.BreakWhen.Text) }

// ExpressionOf returns the expression that a node goes by, with its key; nil where it has none.
func ExpressionOf(n Node) (*Expression, string) {
	var e *Expression
	key := ""
	switch n := n.(type) {
	case *Map:
		e, key = &n.IterateOver, "iterate_over"
	case *Conditional:
		e, key = &n.Expression, "expression"
	case *Loop:
		e, key = &n.BreakWhen, "break_when"
	case *Task, *Stub, *Parallel, *Nested:
	}
	if e == nil || e.Text == "" {
		return nil, ""
	}
	return e, key
}

// Return is one name that a task or a nested pipeline returns.
type Return struct {
	Name string
	Kind ValueKind
	Key  string // the key of the returned mapping; empty: the whole value. Of a nested pipeline: the name inside it; empty: the same
	Span diag.Span
}

// ValueKind says how a value travels.
type ValueKind string

// The kinds of value (SEMANTICS 2).
const (
	JSON   ValueKind = "json"
	Text   ValueKind = "text"   // never decoded
	Metric ValueKind = "metric" // json, and reported
	Object ValueKind = "object" // pickled
)

// Input binds an argument of a task's function to something else than the parameter of the same name, or a parameter of a
// nested pipeline.
type Input struct {
	Arg   string
	Span  diag.Span
	From  []string // parameters; more than one, or List: their values as a list
	List  bool
	Value string // JSON text of a literal; used when From is empty
}

// Catalog says which files a step gets before it runs and puts afterwards.
type Catalog struct {
	Get    []Ref // globs
	Put    []Ref // globs
	NoCopy bool  // store_copy: false
	Span   diag.Span
}

// MaxDuration bounds each time that a definition names. It is 31 years: sums of several, and the 32 bits in which
// Kubernetes counts seconds, hold more.
const MaxDuration = 1_000_000_000 * time.Second

// Retry says how often and when a failed attempt is repeated. The zero Retry never repeats.
type Retry struct {
	Limit   int // attempts after the first
	Backoff Backoff
	On      []string // error, timeout, oom, or an exit code; empty: all
	// MemoryFactor is how many times its memory a step has after a failure of kind oom; 0: as much as before.
	MemoryFactor float64
}

// Backoff is the wait before a repeated attempt: Duration, then Factor times as long each time, at most Cap.
type Backoff struct {
	Duration time.Duration
	Factor   float64 // 0: 1
	Cap      time.Duration
}

package ir

import (
	"time"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Node is one of [*Task], [*Stub], [*Parallel], [*Map], [*Conditional] and [*Loop].
//
//sumtype:decl
type Node interface {
	// Base returns what all kinds share.
	Base() *Common
	node()
}

func (*Task) node()        {}
func (*Stub) node()        {}
func (*Parallel) node()    {}
func (*Map) node()         {}
func (*Conditional) node() {}
func (*Loop) node()        {}

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
	Resources Resources
	Overrides []Override
}

// Base implements [Node].
func (c *Common) Base() *Common { return c }

// EnvVar is one variable of a step's environment.
type EnvVar struct {
	Name  string
	Value string
}

// Resources is what a step asks of its machine, in Kubernetes' quantity notation ("500m", "1Gi"); empty: not said.
type Resources struct {
	CPU    string
	Memory string
	GPU    string // number of GPUs
}

// IsZero reports whether nothing is asked for.
func (r Resources) IsZero() bool { return r == Resources{} }

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

// Stub does nothing and succeeds; its catalog is synced.
type Stub struct {
	Common
	Catalog *Catalog // nil: none
}

// Parallel runs all its branches.
type Parallel struct {
	Common
	Branches []Branch
	FailFast bool
}

// Map runs its body once for each item of a list.
type Map struct {
	Common
	Body        *Graph
	IterateOn   Ref    // the parameter that holds the list
	IterateAs   Ref    // the name of the item in the body
	Reducer     string // empty: a plain list; see engine.ParseReducer for the forms
	ReducerSpan diag.Span
	Parallelism int // iterations at a time; 0: no limit of its own
	FailFast    bool
}

// Conditional runs the branch that a parameter's value names.
type Conditional struct {
	Common
	Parameter Ref
	Branches  []Branch
	Default   string // the branch for all other values; empty: such a value fails the step
	FailFast  bool
}

// DefaultBranch is the name of the branch that a conditional's `default:` graph becomes.
const DefaultBranch = "default"

// Loop runs its body again and again: do-while.
type Loop struct {
	Common
	Body          *Graph
	MaxIterations int
	BreakOn       Ref // the parameter that ends the loop when it is true
	IndexAs       Ref // the name of the iteration's number in the body
	FailFast      bool
}

// Return is one name that a task returns.
type Return struct {
	Name string
	Kind ValueKind
	Key  string // the key of the returned mapping; empty: the whole value
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

// Input binds an argument of a task's function to something else than the parameter of the same name.
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
}

// Backoff is the wait before a repeated attempt: Duration, then Factor times as long each time, at most Cap.
type Backoff struct {
	Duration time.Duration
	Factor   float64 // 0: 1
	Cap      time.Duration
}

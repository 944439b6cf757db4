package ir

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// shape reports what a node of its kind cannot do without, and puts empty graphs where one is missing, so that the
// later passes find a whole pipeline. It collects the graphs.
func (c *checker) shape() {
	if c.p.Name == "" {
		c.p.Name = "pipeline"
	}
	if c.p.Graph == nil {
		c.errorf(codeNoGraph, c.p.Span, "the pipeline has no steps")
		c.p.Graph = &Graph{Span: c.p.Span}
	}
	c.pods(c.p.Pods)
	c.concurrency()
	c.schedules()
	c.events()
	c.graphs = []*place{{graph: c.p.Graph}}
	seen := map[*Graph]bool{c.p.Graph: true}
	for i := 0; i < len(c.graphs); i++ { // grows while it is walked
		for _, n := range c.graphs[i].graph.Nodes {
			c.node(n)
			for _, b := range Subgraphs(n) {
				if !seen[b.Graph] {
					seen[b.Graph] = true
					c.graphs = append(c.graphs, &place{graph: b.Graph})
				}
			}
		}
	}
}

// pods refuses a word that says nothing of pods.
func (c *checker) pods(r Ref) {
	if r.Name != "" && r.Name != OnePod {
		c.errorf(codePods, r.Span, "`pods` is %q; write `one`, so that all steps inside share one pod, or leave it out", r.Name)
	}
}

// node checks what the keys of a node hold, whatever its kind.
func (c *checker) node(n Node) {
	c.pods(n.Base().Pods)
	for _, k := range KindOf(n).Keys {
		if k.Field == nil {
			continue
		}
		switch v := k.Field(n).(type) {
		case *Ref:
			c.missing(n, k, *v)
		case *int:
			c.count(n, k, *v)
		case *time.Duration:
			c.duration(n, k.Name, *v)
		case *Retry:
			c.retry(n, *v)
		case *[]Branch:
			c.branches(n, *v)
		case **Graph:
			c.body(n, v)
		case *Command:
			if *v == nil {
				c.errorf(codeMissing, n.Base().Span, "%q is a task without a command; give `command`", n.Base().Name)
				*v = &Shell{}
			}
		}
	}
	if t, ok := n.(*Task); ok {
		c.secrets(strconv.Quote(t.Name), t.Span, t.Secrets)
		c.interpreter(t)
	}
	c.env(n.Base())
	c.packages(n)
	c.targets(n.Base())
	c.resources(n.Base())
}

func (c *checker) retry(n Node, r Retry) {
	c.notNegative(n, "retry.limit", r.Limit)
	c.duration(n, "retry.backoff.duration", r.Backoff.Duration)
	c.duration(n, "retry.backoff.cap", r.Backoff.Cap)
	if f := r.Backoff.Factor; !(f >= 0) {
		c.errorf(codeRange, n.Base().Span, "%q has retry.backoff.factor %v; it must not be below zero", n.Base().Name, f)
	}
	if why := r.WrongFactor(); why != "" {
		c.errorf(CodeMemoryFactor, n.Base().Span, "%q has retry.memory_factor %v, which %s", n.Base().Name, r.MemoryFactor, why)
	}
}

func (c *checker) duration(n Node, key string, value time.Duration) {
	switch {
	case value < 0:
		c.errorf(codeRange, n.Base().Span, "%q has %s %s; it must not be below zero", n.Base().Name, key, value)
	case value > MaxDuration:
		c.errorf(codeRange, n.Base().Span, "%q has %s %s; it must be at most %s", n.Base().Name, key, value, MaxDuration)
	}
}

// count checks a number: one that must be given, as that of a loop's iterations, is at least 1.
func (c *checker) count(n Node, k Key, value int) {
	if !k.Required {
		c.notNegative(n, k.Name, value)
	} else if value < 1 {
		c.errorf(codeMaxIterations, n.Base().Span, "%q has %s %d; a %s runs at least once, so give 1 or more", n.Base().Name, k.Name, value, Kind(n))
	}
}

func (c *checker) notNegative(n Node, key string, value int) {
	if value < 0 {
		c.errorf(codeRange, n.Base().Span, "%q has %s %d; it must not be below zero", n.Base().Name, key, value)
	}
}

// missing reports a parameter's name that was not given.
func (c *checker) missing(n Node, k Key, ref Ref) {
	e, instead := ExpressionOf(n)
	if e != nil && instead == Instead(k.Name) {
		if ref.Name != "" {
			c.list.Add(diag.Errorf(codeTwoControls, cmp.Or(e.Span, n.Base().Span), "%q has both %s and %s; delete one of them", n.Base().Name, k.Name, instead).
				With(ref.Span, "the other is here"))
		}
		return
	}
	if _, nested := n.(*Nested); nested && k.Required && ref.Name == "" {
		c.errorf(codeMissing, cmp.Or(ref.Span, n.Base().Span), "%q is a %s without %s; give the path of its file", n.Base().Name, Kind(n), k.Name)
		return
	}
	if k.Required && ref.Name == "" {
		c.errorf(codeMissing, cmp.Or(ref.Span, n.Base().Span), "%q is a %s without %s; name a parameter", n.Base().Name, Kind(n), k.Name)
	}
}

func (c *checker) branches(n Node, branches []Branch) {
	if len(branches) == 0 {
		c.errorf(codeNoBranches, n.Base().Span, "%q is a %s without branches; give at least one", n.Base().Name, Kind(n))
	}
	for i := range branches {
		if b := &branches[i]; b.Graph == nil {
			c.errorf(codeNoBody, cmp.Or(b.Span, n.Base().Span), "branch %q of %q has no steps", b.Name, n.Base().Name)
			b.Graph = &Graph{Span: b.Span}
		}
	}
}

func (c *checker) body(n Node, body **Graph) {
	if n, nested := n.(*Nested); nested && *body == nil {
		c.errorf(codeNoBody, cmp.Or(n.Definition.Span, n.Span), "%q has no steps: its definition %q was not read", n.Name, n.Definition.Name)
		return
	}
	if *body == nil {
		c.errorf(codeNoBody, n.Base().Span, "%q is a %s without a branch; give the steps to repeat as `branch`", n.Base().Name, Kind(n))
		*body = &Graph{Span: n.Base().Span}
	}
}

// env reports variables that a step sets twice, or under a name that no environment can hold.
func (c *checker) env(b *Common) {
	seen := make(map[string]bool, len(b.Env))
	for _, v := range b.Env {
		switch {
		case !ValidEnvName(v.Name):
			c.errorf(codeEnvironmentName, b.Span, "%q has an environment variable named %q; a name must not be empty or contain `=` or control characters", b.Name, v.Name)
		case seen[v.Name]:
			c.errorf(codeEnvironmentName, b.Span, "%q sets the environment variable %q twice", b.Name, v.Name)
		}
		seen[v.Name] = true
	}
	executors := make(map[string]diag.Span, len(b.Overrides))
	for _, o := range b.Overrides {
		if first, twice := executors[o.Executor]; twice {
			c.list.Add(diag.Errorf(codeOverrideTwice, cmp.Or(o.Span, b.Span), "%q overrides %q twice", b.Name, o.Executor).With(first, "first here"))
		}
		executors[o.Executor] = o.Span
	}
}

// secrets reports secrets whose variable no environment can hold.
func (c *checker) secrets(of string, at diag.Span, names []Ref) {
	for _, r := range names {
		if !ValidEnvName(r.Name) {
			c.errorf(codeEnvironmentName, cmp.Or(r.Span, at), "%s has a secret named %q, which becomes the variable of that name; a name must not be empty or contain `=` or control characters", of, r.Name)
		}
	}
}

// ValidEnvName reports whether an environment can hold a variable of this name (RR0312).
func ValidEnvName(name string) bool {
	return name != "" && !strings.Contains(name, "=") && printable(name)
}

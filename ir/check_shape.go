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

func (c *checker) node(n Node) {
	switch n := n.(type) {
	case *Task:
		c.task(n)
	case *Stub:
	case *Parallel:
		c.branches(n, n.Branches)
	case *Conditional:
		c.missing(n, "parameter", n.Parameter)
		c.branches(n, n.Branches)
	case *Map:
		c.missing(n, "iterate_on", n.IterateOn)
		c.missing(n, "iterate_as", n.IterateAs)
		c.body(n, &n.Body)
		c.notNegative(n, "parallelism", n.Parallelism)
	case *Loop:
		c.missing(n, "break_on", n.BreakOn)
		c.missing(n, "index_as", n.IndexAs)
		c.body(n, &n.Body)
		if n.MaxIterations < 1 {
			c.errorf(codeMaxIterations, n.Span, "%q has max_iterations %d; a loop runs at least once, so give 1 or more", n.Name, n.MaxIterations)
		}
	}
	c.env(n.Base())
}

func (c *checker) task(n *Task) {
	c.secrets(strconv.Quote(n.Name), n.Span, n.Secrets)
	if n.Command == nil {
		c.errorf(codeMissing, n.Span, "%q is a task without a command; give `command`", n.Name)
		n.Command = &Shell{}
	}
	c.notNegative(n, "retry.limit", n.Retry.Limit)
	for _, d := range []struct {
		key   string
		value time.Duration
	}{{"timeout", n.Timeout}, {"retry.backoff.duration", n.Retry.Backoff.Duration}, {"retry.backoff.cap", n.Retry.Backoff.Cap}} {
		switch {
		case d.value < 0:
			c.errorf(codeRange, n.Span, "%q has %s %s; it must not be below zero", n.Name, d.key, d.value)
		case d.value > MaxDuration:
			c.errorf(codeRange, n.Span, "%q has %s %s; it must be at most %s", n.Name, d.key, d.value, MaxDuration)
		}
	}
	if f := n.Retry.Backoff.Factor; !(f >= 0) {
		c.errorf(codeRange, n.Span, "%q has retry.backoff.factor %v; it must not be below zero", n.Name, f)
	}
}

func (c *checker) notNegative(n Node, key string, value int) {
	if value < 0 {
		c.errorf(codeRange, n.Base().Span, "%q has %s %d; it must not be below zero", n.Base().Name, key, value)
	}
}

// missing reports a parameter's name that was not given.
func (c *checker) missing(n Node, key string, ref Ref) {
	if ref.Name == "" {
		c.errorf(codeMissing, cmp.Or(ref.Span, n.Base().Span), "%q is a %s without %s; name a parameter", n.Base().Name, Kind(n), key)
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
			c.errorf(codeEnvironmentName, b.Span, "%q has an environment variable named %q; a name is not empty and holds neither `=` nor control characters", b.Name, v.Name)
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
			c.errorf(codeEnvironmentName, cmp.Or(r.Span, at), "%s has a secret named %q, which comes as the variable of that name; a name is not empty and holds neither `=` nor control characters", of, r.Name)
		}
	}
}

// ValidEnvName reports whether an environment can hold a variable of this name (RR0312).
func ValidEnvName(name string) bool {
	return name != "" && !strings.Contains(name, "=") && printable(name)
}

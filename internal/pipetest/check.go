package pipetest

import (
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Check holds a test file against its pipeline, which has passed its own checks: the steps, returns and parameters that it
// names must be there.
func (f *File) Check(p *ir.Pipeline) diag.List {
	c := &checker{pipeline: p, file: f}
	for v := range ir.Walk(p) {
		c.steps = append(c.steps, v)
		c.paths = append(c.paths, v.Path)
	}
	c.mocks(f.Mocks)
	for i := range f.Cases {
		c.mocks(f.Cases[i].Mocks)
		c.expect(&f.Cases[i])
	}
	return c.diags.Sorted()
}

type checker struct {
	pipeline *ir.Pipeline
	file     *File
	steps    []ir.Visit
	paths    []string
	diags    diag.List
}

func (c *checker) errorf(code string, at diag.Span, format string, args ...any) {
	c.diags.Add(diag.Errorf(code, at, format, args...))
}

// matching are the steps that a pattern names; there must be one.
func (c *checker) matching(p pattern) []ir.Visit {
	var out []ir.Visit
	for _, v := range c.steps {
		if p.matches(v.Path) {
			out = append(out, v)
		}
	}
	if out == nil {
		c.unknown(p.Ref)
	}
	return out
}

func (c *checker) unknown(step ir.Ref) {
	hint := diag.DidYouMean(step.Name, c.paths)
	if hint == "" {
		hint = "; it has " + some(c.paths)
	}
	c.errorf(codeStep, step.Span, "the pipeline has no step %q%s", step.Name, hint)
}

// some lists the first of many names.
func some(names []string) string {
	if len(names) > 12 {
		names = append(slices.Clone(names[:12]), "…")
	}
	return strings.Join(names, ", ")
}

// step checks the path of one step of a run.
func (c *checker) step(ref ir.Ref) ir.Node {
	if ref.Name == "" {
		return nil
	}
	n, err := engine.NodeAt(c.pipeline, ref.Name)
	if err == nil {
		return n
	}
	if slices.Contains(c.paths, ref.Name) {
		c.errorf(codeStep, ref.Span, "%q is in every item or iteration; name one by its number in place of *", ref.Name)
		return nil
	}
	c.unknown(ref)
	return nil
}

func (c *checker) mocks(mocks []Mock) {
	for i := range mocks {
		m := &mocks[i]
		all := c.matching(m.Steps)
		if all == nil {
			continue
		}
		able := slices.DeleteFunc(slices.Clone(all), func(v ir.Visit) bool { return !mockable(v.Node) })
		if len(able) == 0 {
			c.errorf(codeStep, m.Steps.Span, "%q is a %s, which the engine runs; mock the steps in it: %q", m.Steps.Name, ir.Kind(all[0].Node), m.Steps.Name+".**")
			continue
		}
		if m.Each != nil && !slices.ContainsFunc(able, func(v ir.Visit) bool { return repeated(v.Path) }) {
			c.errorf(codeStep, m.Steps.Span, "%q is in no map or loop, so that \"each\" has no meaning; say what it does once", m.Steps.Name)
		}
		c.answer(&m.Answer, m.Each == nil, able)
		for j := range m.Each {
			c.answer(&m.Each[j], true, able)
		}
	}
}

// mockable reports whether a node runs the user's code, or touches files, itself: a leaf, or a map that reduces by a function.
func mockable(n ir.Node) bool {
	m, ok := n.(*ir.Map)
	return ir.IsLeaf(n) || ok && ir.PythonReducer(m.Reducer)
}

func repeated(path string) bool { return slices.Contains(strings.Split(path, "."), ir.AnyItem) }

// answer checks what a mock returns for the steps that it stands for; whole says that it is all that they do.
func (c *checker) answer(a *Answer, whole bool, steps []ir.Visit) {
	for _, v := range a.Returns {
		c.returned(v, steps)
	}
	for i := range a.Attempts {
		c.answer(&a.Attempts[i], true, steps)
	}
	if whole && a.Attempts == nil && a.Fails == nil && len(steps) == 1 {
		if missing := lacking(a, steps[0].Node); missing != nil {
			c.errorf(codeReturns, a.Span, "%s", lacks(steps[0].Path, missing))
		}
	}
}

// returned checks one value that steps return.
func (c *checker) returned(v Value, steps []ir.Visit) {
	var names []string
	for _, s := range steps {
		for _, r := range ir.NodeReturns(s.Node) {
			if r.Name != v.Name {
				names = append(names, r.Name)
				continue
			}
			if ir.IsLeaf(s.Node) && r.Kind == ir.Text && v.JSON[0] != '"' {
				c.errorf(codeReturns, v.Span, "%q is of kind text; put its value in quotes", v.Name)
			}
			return
		}
	}
	hint := diag.DidYouMean(v.Name, names)
	if hint == "" && len(names) > 0 {
		hint = "; it returns " + some(names)
	}
	c.errorf(codeReturns, v.Span, "the step %q returns no %q%s", steps[0].Path, v.Name, hint)
}

// lacking are the names that a step returns and an answer does not.
func lacking(a *Answer, n ir.Node) []string {
	var out []string
	for _, r := range ir.NodeReturns(n) {
		if !slices.ContainsFunc(a.Returns, func(v Value) bool { return v.Name == r.Name }) {
			out = append(out, r.Name)
		}
	}
	return out
}

func lacks(path string, missing []string) string {
	return "the step \"" + path + "\" returns " + some(missing) + ", and its mock does not; add it below \"returns\", or let the step fail"
}

func (c *checker) expect(k *Case) {
	e := &k.Expect
	for _, list := range [][]pattern{e.Ran, e.Skipped} {
		for _, p := range list {
			c.matching(p)
		}
	}
	for _, p := range e.Handled {
		if steps := c.matching(p); steps != nil && !slices.ContainsFunc(steps, func(v ir.Visit) bool { return v.Node.Base().OnFailure.Name != "" }) {
			c.errorf(codeStep, p.Span, "%q has no on_failure, so that nothing handles its failure", p.Name)
		}
	}
	for _, ref := range e.Order {
		c.step(ref)
	}
	c.step(e.Failed)
	if e.Path != nil {
		for _, ref := range *e.Path {
			if n := c.step(ref); n != nil && !ir.IsLeaf(n) {
				c.errorf(codeStep, ref.Span, "%q is a %s; the path taken is that of tasks and stubs", ref.Name, ir.Kind(n))
			}
		}
	}
	for i := range e.Steps {
		s := &e.Steps[i]
		c.step(s.Handles)
		steps := c.matching(s.Steps)
		if steps == nil {
			continue
		}
		if s.ofLeaf() && !slices.ContainsFunc(steps, func(v ir.Visit) bool { return ir.IsLeaf(v.Node) }) {
			c.errorf(codeStep, s.Span, "%q is a %s, of which only status, failure and message can be expected; the rest is of the steps in it", s.Steps.Name, ir.Kind(steps[0].Node))
			continue
		}
		for _, v := range s.Returns {
			c.returned(v, steps)
		}
	}
	c.absent(k)
}

// absent checks that the names that are to be absent could be there, so that a misspelt one does not pass.
func (c *checker) absent(k *Case) {
	var known []string
	for _, v := range slices.Concat(c.file.Parameters, k.Parameters) {
		known = append(known, v.Name)
	}
	for i := range c.pipeline.Parameters {
		known = append(known, c.pipeline.Parameters[i].Name)
	}
	for _, r := range ir.Returnable(c.pipeline.Graph) {
		known = append(known, r.Name)
	}
	for _, ref := range k.Expect.Absent {
		if !slices.Contains(known, ref.Name) {
			c.errorf(codeReturns, ref.Span, "no step returns %q and no parameter is called so%s", ref.Name, diag.DidYouMean(ref.Name, known))
		}
	}
}

package pycheck

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// control looks at the parameter that a composite goes by: what a map iterates on, a conditional compares, a loop
// breaks on (SEMANTICS 2.4 to 2.6).
func (c *checker) control(n ir.Node, at spot) {
	if e, key := ir.ExpressionOf(n); e != nil {
		c.expression(n, at, e, key)
		return
	}
	switch n := n.(type) {
	case *ir.Map:
		c.needed(n, at, n.IterateOn, "iterate_on")
	case *ir.Conditional:
		c.needed(n, at, n.Parameter, "parameter")
	case *ir.Loop:
		c.breaks(n, at)
	case *ir.Nested:
		for _, ref := range ir.Reads(n) {
			c.needed(n, at, ref, "inputs")
		}
	case *ir.Task, *ir.Stub, *ir.Parallel: // go by nothing
	}
}

// expression looks at the parameters that an expression reads; that of a loop sees what its body returns.
func (c *checker) expression(n ir.Node, at spot, e *ir.Expression, key string) {
	var own []string
	if l, ok := n.(*ir.Loop); ok {
		for _, r := range ir.Returnable(l.Body) {
			own = append(own, r.Name)
		}
		own = append(own, l.IndexAs.Name)
	}
	for _, ref := range e.Names {
		if !slices.Contains(own, ref.Name) {
			c.needed(n, at, ref, key)
		}
	}
}

// needed reports a parameter without which a composite fails, and that nothing provides.
func (c *checker) needed(n ir.Node, at spot, ref ir.Ref, key string) {
	if ref.Name == "" || c.provided(ref.Name, at) {
		return
	}
	there := c.there(at)
	doubt, once := c.doubt(ref.Name, at)
	if !once {
		return
	}
	base := n.Base()
	c.list.Add(diag.Diagnostic{Code: codeControl, Severity: c.severity(c.complete(at), at, n), Span: cmp.Or(ref.Span, base.Span),
		Message: fmt.Sprintf("%s of %q names %q and nothing returns it%s; %s%s", key, base.Name, ref.Name, doubt, visibleAre(there), diag.DidYouMean(ref.Name, there))})
}

// breaks warns of a loop that nothing can end before its last iteration: an absent name is false.
func (c *checker) breaks(n *ir.Loop, at spot) {
	name := n.BreakOn.Name
	inBody := func(r ir.Return) bool { return r.Name == name }
	if name == "" || c.provided(name, at) || slices.ContainsFunc(ir.Returnable(n.Body), inBody) {
		return
	}
	doubt, once := c.doubt(name, at)
	if !once {
		return
	}
	there := c.there(at)
	for _, r := range ir.Returnable(n.Body) {
		there = append(there, r.Name)
	}
	c.list.Add(diag.Warningf(codeControl, cmp.Or(n.BreakOn.Span, n.Span), "break_on of %q names %q and nothing returns it%s, so only max_iterations ends the loop%s",
		n.Name, name, doubt, diag.DidYouMean(name, there)))
}

// provided reports whether a name may be visible at a spot.
func (c *checker) provided(name string, at spot) bool {
	return c.initial[name] && !at.scope.apart() || at.scope.sees(at.at, name)
}

// complete reports whether all parameters are known that a spot can see besides what steps return.
func (c *checker) complete(at spot) bool { return c.o.Complete || at.scope.apart() }

// there lists what may be visible at a spot, the initial parameters first.
func (c *checker) there(at spot) []string {
	if at.scope.apart() {
		return at.scope.visible(at.at)
	}
	more := slices.DeleteFunc(at.scope.visible(at.at), func(n string) bool { return c.initial[n] })
	return slices.Concat(c.o.Initial, more)
}

// doubt is what is added where a name may still be a parameter of the run; such a name is told of once.
func (c *checker) doubt(name string, at spot) (text string, first bool) {
	if c.complete(at) {
		return "", true
	}
	if c.asked[name] {
		return "", false
	}
	c.asked[name] = true
	return " (is it a parameter of the run? Then give -p FILE here, too)", true
}

func visibleAre(names []string) string {
	if len(names) == 0 {
		return "nothing is visible there"
	}
	return "visible are " + listed(names)
}

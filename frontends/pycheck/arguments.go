package pycheck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// arguments reports the arguments of a function that nothing provides (SEMANTICS 3).
func (c *checker) arguments(st step) {
	bound, takes := map[string]bool{}, st.fn.takes()
	for _, in := range st.task.Inputs {
		bound[in.Arg] = true
		if !slices.Contains(takes, in.Arg) {
			bound[diag.Nearest(in.Arg, takes)] = true // inputs tells of the misspelling
		}
	}
	for _, p := range st.fn.params {
		seen := c.provided(p.name, st.spot)
		switch {
		case bound[p.name]:
		case seen:
			c.used[p.name] = true
		case p.optional:
			c.idle = append(c.idle, idle{p.name, st})
		default:
			c.missing(st, p.name)
		}
	}
	if st.fn.takesRest {
		for _, n := range st.scope.visible(st.at) {
			c.used[n] = true
		}
	}
}

func (c *checker) missing(st step, arg string) {
	there := c.there(st.spot)
	doubt, once := c.doubt(arg, st.spot)
	if !once {
		return
	}
	d := diag.Diagnostic{Code: codeMissing, Severity: c.severity(c.complete(st.spot) && !st.fn.decorated, st.spot, st.task), Span: st.task.Span,
		Message: fmt.Sprintf("%s() needs %q and nothing returns it%s; %s: %s", st.fn.name, arg, doubt, visibleAre(there), c.remedy(arg, there, st))}
	c.list.Add(d.With(st.fn.span(st.mod), "%s() is here", st.fn.name))
}

// meant guesses which visible parameters an argument stands for: the nearest name, or those that end in the same word.
func meant(arg string, there, returned []string) []string {
	if near := diag.Nearest(arg, there); near != "" {
		return []string{near}
	}
	words := strings.Split(arg, "_")
	last := strings.TrimSuffix(words[len(words)-1], "s")
	var out []string
	for _, n := range returned {
		parts := strings.Split(n, "_")
		if len(last) > 2 && strings.TrimSuffix(parts[len(parts)-1], "s") == last {
			out = append(out, n)
		}
	}
	return out
}

// remedy says what to do about an argument that nothing provides.
func (c *checker) remedy(arg string, there []string, st step) string {
	if names := meant(arg, there, st.scope.visible(st.at)); len(names) > 0 {
		return "add " + c.inputsLine(arg, names)
	}
	line := fmt.Sprintf("give it with --param %s=VALUE or in a parameters file, or return it from a step before", arg)
	if st.scope.apart() {
		line = "give it in the inputs of the step that runs this definition, or return it from a step before"
	}
	if len(there) > 0 {
		line += ", or bind it to one of these with inputs"
	}
	return line
}

// inputsLine is what to add to a step so that an argument gets its value.
func (c *checker) inputsLine(arg string, names []string) string {
	quote := func(s string) string { return s }
	form := "inputs: {%s: %s}"
	if c.inPython {
		quote = func(s string) string { return `"` + s + `"` }
		form = "inputs={%s: %s}"
	}
	if len(names) == 1 {
		return fmt.Sprintf(form, quote(arg), quote(names[0]))
	}
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = quote(n)
	}
	return fmt.Sprintf(form, quote(arg), "["+strings.Join(all, ", ")+"]")
}

// takes are the names of a function's arguments.
func (f *function) takes() []string {
	var out []string
	for _, p := range f.params {
		out = append(out, p.name)
	}
	return out
}

// inputs reports bindings of arguments that the function does not take, and to names that are not visible.
func (c *checker) inputs(st step) {
	takes := st.fn.takes()
	for _, in := range st.task.Inputs {
		span := cmp.Or(in.Span, st.task.Span)
		if !st.fn.takesRest && !slices.Contains(takes, in.Arg) {
			hint := diag.DidYouMean(in.Arg, takes)
			if hint == "" {
				hint = "; it takes " + cmp.Or(listed(takes), "no arguments")
			}
			d := diag.Diagnostic{Code: codeInput, Severity: c.severity(!st.fn.decorated, st.spot, st.task), Span: span,
				Message: fmt.Sprintf("inputs binds %q, which %s() does not take%s", in.Arg, st.fn.name, hint)}
			c.list.Add(d.With(st.fn.span(st.mod), "%s() is here", st.fn.name))
		}
		for _, from := range in.From {
			if c.provided(from, st.spot) {
				continue
			}
			there := c.there(st.spot)
			hint := diag.DidYouMean(from, there)
			if hint == "" && len(there) > 0 {
				hint = "; visible are " + listed(there)
			}
			doubt := ""
			if !c.complete(st.spot) {
				doubt = " (is it a parameter of the run? Then give -p FILE here, too)"
			}
			c.list.Add(diag.Diagnostic{Code: codeInput, Severity: c.severity(c.complete(st.spot), st.spot, st.task), Span: span,
				Message: fmt.Sprintf("inputs binds %q to %q, which nothing returns%s%s", in.Arg, from, doubt, hint)})
		}
	}
}

// maxGuesses bounds how many pairs of names are compared in search of a misspelt one.
const maxGuesses = 20_000

// misspelt warns of returns that nothing uses and that a later function nearly has as an argument.
func (c *checker) misspelt() {
	byArg := map[string][]step{}
	for _, it := range c.idle {
		byArg[it.arg] = append(byArg[it.arg], it.step)
	}
	args, guesses := sortedKeys(byArg), 0
	told := map[string]bool{}
	for _, st := range c.steps {
		for _, r := range st.task.Returns {
			if guesses += len(args); c.used[r.Name] || told[r.Name] || guesses > maxGuesses {
				continue
			}
			arg := diag.Nearest(r.Name, args)
			k := slices.IndexFunc(byArg[arg], func(user step) bool { return st.comesBefore(user.spot) })
			if k < 0 {
				continue
			}
			told[r.Name] = true
			user := byArg[arg][k]
			d := diag.Warningf(codeUnused, cmp.Or(r.Span, st.task.Span), "nothing uses %q, and %s() of %q has the argument %q, which keeps its default; did you mean %[4]q?", r.Name, user.fn.name, user.task.Name, arg)
			c.list.Add(d.With(user.fn.span(user.mod), "%s() is here", user.fn.name))
		}
	}
}

// returns compares what a function returns with the step's returns (SEMANTICS 3).
func (c *checker) returns(st step) {
	want := st.task.Returns
	if len(want) == 0 || st.fn.yields || st.fn.decorated || st.task.Command.(*ir.Python).Async {
		return
	}
	shapes := st.fn.returns
	if len(shapes) == 0 && !st.fn.raises {
		shapes = []shape{{kind: "nothing", line: st.fn.line, col: st.fn.col}}
	}
	wrong := 0
	var first diag.Diagnostic
	for _, s := range shapes {
		why := mismatch(want, s)
		if why == "" {
			continue
		}
		if wrong++; wrong == 1 {
			at := diag.Span{File: st.mod.file, Line: s.line, Col: s.col}
			if s.end > s.col {
				at.EndLine, at.EndCol = s.line, s.end
			}
			first = diag.Diagnostic{Code: codeReturns, Span: cmp.Or(want[0].Span, st.task.Span),
				Message: fmt.Sprintf("%q returns %s, but %s() %s", st.task.Name, returnNames(want), st.fn.name, why)}.With(at, "it returns here")
		}
	}
	if wrong > 0 {
		first.Severity = c.severity(wrong == len(shapes), st.spot, st.task) // with another return it may go well
		if len(want) == 1 && want[0].Key == "" {
			first.Severity = diag.Warning // a null is a value
		}
		c.list.Add(first)
	}
}

// mismatch says why a value of a shape does not give what is wanted; "" where it does, or where that is unknown.
func mismatch(want []ir.Return, s shape) string {
	if len(want) == 1 && want[0].Key == "" {
		if s.kind == "nothing" && s.size == 0 && s.end == 0 {
			return "returns nothing, so that the value is null"
		}
		return ""
	}
	switch s.kind {
	case "":
		return ""
	case "tuple":
		if len(want) == 1 {
			return fmt.Sprintf("returns a tuple, which has no key %q", want[0].Key)
		}
		if s.size != len(want) {
			return fmt.Sprintf("returns a tuple of %d; return one of %d, or a mapping with those keys", s.size, len(want))
		}
		return ""
	case "mapping":
		if s.open {
			return ""
		}
		for _, r := range want {
			if key := cmp.Or(r.Key, r.Name); !slices.Contains(s.keys, key) {
				hint := diag.DidYouMean(key, s.keys)
				if hint == "" {
					hint = "; it holds " + cmp.Or(listed(s.keys), "nothing")
				}
				return fmt.Sprintf("returns a mapping without the key %q%s", key, hint)
			}
		}
		return ""
	}
	if len(want) == 1 {
		return fmt.Sprintf("returns %s, which has no key %q", s.kind, want[0].Key)
	}
	return fmt.Sprintf("returns %s; return a tuple of %d, or a mapping with those keys", s.kind, len(want))
}

func returnNames(want []ir.Return) string {
	if len(want) == 1 {
		return fmt.Sprintf("%q", want[0].Name)
	}
	names := make([]string, len(want))
	for i, r := range want {
		names[i] = r.Name
	}
	return fmt.Sprintf("%d values (%s)", len(want), listed(names))
}

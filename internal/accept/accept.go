// Package accept knows which warnings their authors have accepted: on their line, on their step, or in the configuration
// (docs/ci.md). Accepted warnings are counted, not printed, and an acceptance that matches nothing is a warning itself.
package accept

import (
	"cmp"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

const codeAcceptance = "RR0358"

// Set is all that is accepted in a definition and its configuration.
type Set struct {
	all      []*acceptance
	problems diag.List // of acceptances that say nothing
	count    int
}

// acceptance is one code, accepted at one place.
type acceptance struct {
	code   string
	at     diag.Span
	covers func(at diag.Span) bool
	used   bool
}

// Of reads what is accepted: in the sources by remarks, in the steps by their key, everywhere by the configuration.
func Of(p *ir.Pipeline, sources map[string][]byte, everywhere []ir.Ref) *Set {
	s := &Set{}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		s.remarks(name, string(sources[name]))
	}
	if p != nil {
		s.steps(p)
	}
	for _, c := range everywhere {
		s.accept(c.Name, c.Span, func(diag.Span) bool { return true })
	}
	return s
}

// Filter returns the list without the warnings that are accepted, and counts those. Errors stay.
func (s *Set) Filter(list diag.List) diag.List {
	var out diag.List
	for _, d := range list.Sorted() {
		if d.Severity == diag.Warning && s.accepts(d) {
			s.count++
			continue
		}
		out.Add(d)
	}
	return out
}

// Used are the places of acceptances that matched.
func (s *Set) Used() []diag.Span {
	var out []diag.Span
	for _, a := range s.all {
		if a.used {
			out = append(out, a.at)
		}
	}
	return out
}

// Count is the number of warnings that were accepted.
func (s *Set) Count() int { return s.count }

// accepts reports whether a warning is accepted. All acceptances that match count as used, so that neither of two
// equal ones is reported as unused.
func (s *Set) accepts(d diag.Diagnostic) bool {
	found := false
	for _, a := range s.all {
		if a.code == d.Code && (a.covers(d.Span) || slices.ContainsFunc(d.Notes, func(n diag.Note) bool { return !n.Span.IsZero() && a.covers(n.Span) })) {
			a.used, found = true, true
		}
	}
	return found
}

// Unused warns of acceptances that matched nothing, as far as the codes are those that were looked for, and of such that say
// nothing.
func (s *Set) Unused(looked func(code string) bool) diag.List {
	out := slices.Clone(s.problems)
	for _, a := range s.all {
		if !a.used && looked(a.code) {
			out.Add(diag.Warningf(codeAcceptance, a.at, "%s is accepted here, but there is no such warning; remove it", a.code))
		}
	}
	return out
}

func (s *Set) accept(code string, at diag.Span, covers func(diag.Span) bool) {
	code = strings.ToUpper(code)
	if _, ok := diag.Lookup(code); !ok {
		s.problems.Add(diag.Warningf(codeAcceptance, at, "%q is accepted here, but it is not the code of a warning%s", code, diag.DidYouMean(code, known())))
		return
	}
	s.all = append(s.all, &acceptance{code: code, at: at, covers: covers})
}

func known() []string {
	var out []string
	for _, c := range diag.Codes() {
		out = append(out, c.Code)
	}
	return out
}

// remark is what accepts warnings in a source: "# runnable: ignore RR0301, RR0524 why", in Go after two slashes.
var remark = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|\s)(?:#|//)\s*runnable:\s*ignore\b[:\s]*(.*)$`)
})

// remarks reads the remarks of a source. A remark after code covers its own line; one on a line of its own covers the next line that
// is not a remark.
func (s *Set) remarks(name, text string) {
	if !strings.Contains(text, "runnable:") {
		return
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		m := remark().FindStringSubmatchIndex(line)
		if m == nil {
			continue
		}
		about := i
		if strings.TrimSpace(line[:m[0]]) == "" { // it is all of its line
			for about < len(lines)-1 && (strings.TrimSpace(lines[about]) == "" || isRemark(lines[about])) {
				about++
			}
		}
		s.codes(line[m[2]:m[3]], diag.Span{File: name, Line: i + 1}, func(d diag.Span) bool {
			return d.File == name && d.Line <= about+1 && about+1 <= max(d.Line, d.EndLine)
		})
	}
}

func isRemark(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//")
}

// codes reads the codes of a remark up to the first word that is none.
func (s *Set) codes(text string, at diag.Span, covers func(diag.Span) bool) {
	found := false
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\r' || r == '(' || r == ')' }) {
		if !strings.HasPrefix(strings.ToUpper(word), "RR") || strings.Trim(word[2:], "0123456789") != "" {
			break
		}
		found = true
		s.accept(word, at, covers)
	}
	if !found {
		s.problems.Add(diag.Warningf(codeAcceptance, at, "\"runnable: ignore\" names no code; write `runnable: ignore RR0524` for one"))
	}
}

// steps reads what steps accept for themselves and what is inside them.
func (s *Set) steps(p *ir.Pipeline) {
	lines := map[string][]int{} // of the steps by file, for what in a YAML file belongs to a step
	any := false
	for v := range ir.Walk(p) {
		at := v.Node.Base().Span
		lines[at.File] = append(lines[at.File], at.Line)
		any = any || len(v.Node.Base().Ignore) > 0
	}
	if !any {
		return
	}
	for _, list := range lines {
		slices.Sort(list)
	}
	for v := range ir.Walk(p) {
		b := v.Node.Base()
		if len(b.Ignore) == 0 {
			continue
		}
		covers := within(v.Node, lines[b.Span.File])
		for _, c := range b.Ignore {
			s.accept(c.Name, cmp.Or(c.Span, b.Span), covers)
		}
	}
}

// within reports which places belong to a step: its own, and those of the steps inside it. In a YAML file it is all that
// stands before the next step, whose line is the next of lines. The files of nested pipelines belong to it as a whole.
func within(n ir.Node, lines []int) func(diag.Span) bool {
	places, files := map[diag.Span]bool{}, map[string]bool{}
	first, last := n.Base().Span, 0
	for stack := []ir.Node{n}; len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, p := range ir.Places(at) {
			places[*p.Span] = true
			if p.Span.File == first.File {
				last = max(last, p.Span.Line)
			}
		}
		if nested, ok := at.(*ir.Nested); ok && nested.Body != nil {
			for _, inner := range nested.Body.Nodes {
				files[inner.Base().Span.File] = true
			}
		}
		for _, b := range ir.Subgraphs(at) {
			places[b.Span] = true
			stack = append(stack, b.Graph.Nodes...)
		}
	}
	delete(places, diag.Span{})
	end := math.MaxInt
	if i, _ := slices.BinarySearch(lines, last+1); i < len(lines) {
		end = lines[i]
	}
	yaml := strings.HasSuffix(first.File, ".yaml") || strings.HasSuffix(first.File, ".yml")
	return func(d diag.Span) bool {
		return places[d] || files[d.File] || yaml && d.File == first.File && d.Line >= first.Line && d.Line < end
	}
}

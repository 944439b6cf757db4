package pipetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// compare holds what the case came to against its expectations.
func (r *Result) compare() {
	e := &r.Case.Expect
	r.compareEnd(e)
	r.comparePath(e)
	r.compareParameters("parameter", e.Parameters, r.After)
	for _, ref := range e.Absent {
		if got, ok := r.After.Param(ref.Name); ok {
			r.unmet(ref.Span, "the parameter %q is there: %s", ref.Name, short(r.text(got)))
		}
	}
	r.compareFiles("the catalog holds", e.Files, r.catalog())
	for i := range e.Steps {
		r.compareSteps(&e.Steps[i])
	}
	if e.Took != nil && *e.Took != r.Took {
		r.unmet(e.TookSpan, "the run took %s, want %s", r.Took, *e.Took)
	}
}

func (r *Result) unmet(at diag.Span, format string, args ...any) {
	r.Unmet.Add(diag.Errorf(codeUnmet, at, format, args...))
}

func (r *Result) compareEnd(e *Expect) {
	if r.Status != e.Status {
		why := ""
		if r.Failure != nil {
			why = fmt.Sprintf(": %s failed (%s): %s", r.Failure.Step, r.Failure.Kind, short(r.Failure.Message))
		}
		r.unmet(e.StatusSpan, "the run came to %s, want %s%s", r.Status, e.Status, why)
	}
	f := r.Failure
	if f == nil {
		return
	}
	if e.Failed.Name != "" && f.Step != e.Failed.Name {
		r.unmet(e.Failed.Span, "the failed step is %q, want %q", f.Step, e.Failed.Name)
	}
	r.compareFailure("the run", f, e.Failure, e.Message)
}

func (r *Result) compareFailure(what string, f *engine.Failure, kind, message ir.Ref) {
	if kind.Name != "" && string(f.Kind) != kind.Name {
		r.unmet(kind.Span, "%s failed with the kind %s, want %s: %s", what, f.Kind, kind.Name, short(f.Message))
	}
	if !strings.Contains(f.Message, message.Name) {
		r.unmet(message.Span, "the message of the failure does not hold %q: %s", message.Name, short(f.Message))
	}
}

func (r *Result) comparePath(e *Expect) {
	if e.Path != nil {
		want := make([]string, len(*e.Path))
		for i, ref := range *e.Path {
			want[i] = ref.Name
		}
		if !slices.Equal(want, r.Path) {
			r.unmet(e.PathSpan, "the path taken is [%s], want [%s]", strings.Join(r.Path, ", "), strings.Join(want, ", "))
		}
	}
	for _, p := range e.Ran {
		if len(r.matching(p)) == 0 {
			r.unmet(p.Span, "%q did not run", p.Name)
		}
	}
	for _, p := range e.Skipped {
		if ran := r.matching(p); len(ran) > 0 {
			r.unmet(p.Span, "%q ran", ran[0])
		}
	}
	for i := range e.Order {
		r.compareOrder(e.Order, i)
	}
	for _, p := range e.Handled {
		r.compareHandled(p)
	}
}

// compareOrder holds the i-th step of an order against the one before it.
func (r *Result) compareOrder(order []ir.Ref, i int) {
	at := order[i]
	s := r.Steps[at.Name]
	if s == nil {
		r.unmet(at.Span, "%q did not run", at.Name)
		return
	}
	if i == 0 {
		return
	}
	if before := r.Steps[order[i-1].Name]; before != nil && before.end > s.begun {
		r.unmet(at.Span, "%q began before %q had ended", at.Name, order[i-1].Name)
	}
}

func (r *Result) compareHandled(p pattern) {
	why := "did not run"
	for _, path := range r.matching(p) {
		switch s := r.Steps[path]; {
		case s.Status.OK():
			why = "did not fail"
		case r.handled(path):
			return
		default:
			why = "failed, and its failure was not handled"
		}
	}
	r.unmet(p.Span, "%q %s", p.Name, why)
}

// handled reports whether the step at a path failed and its failure was handled: by on_failure: success, by a handler that
// succeeded, or by one whose own failure was handled.
func (r *Result) handled(path string) bool {
	s := r.Steps[path]
	if s == nil || s.Status.OK() {
		return false
	}
	switch to := s.Node.Base().OnFailure.Name; to {
	case "", ir.Fail:
		return false
	case ir.Success:
		return true
	default:
		h := r.Steps[sibling(path, to)]
		return h != nil && (h.Status.OK() || r.handled(sibling(path, to)))
	}
}

// sibling is the path of another step of the same graph.
func sibling(path, name string) string {
	return ir.Join(path[:max(strings.LastIndexByte(path, '.'), 0)], name)
}

// matching are the paths of the steps that ran and that a pattern names, sorted.
func (r *Result) matching(p pattern) []string {
	if r.Steps[p.Name] != nil {
		return []string{p.Name}
	}
	var out []string
	for path := range r.Steps {
		if p.matches(path) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

func (r *Result) compareSteps(e *ExpectStep) {
	ran := r.matching(e.Steps)
	if len(ran) == 0 {
		r.unmet(e.Steps.Span, "%q did not run", e.Steps.Name)
	}
	for _, path := range ran {
		r.compareStep(e, path, r.Steps[path])
	}
}

func (r *Result) compareStep(e *ExpectStep, path string, s *Step) {
	if e.Status.Name != "" && string(s.Status) != e.Status.Name {
		r.unmet(e.Status.Span, "%q came to %s, want %s", path, s.Status, e.Status.Name)
	}
	switch {
	case s.Failure != nil:
		r.compareFailure(fmt.Sprintf("%q", path), s.Failure, e.Failure, e.Message)
	case e.Failure.Name != "" || e.Message.Name != "":
		r.unmet(e.Span, "%q did not fail", path)
	}
	if !ir.IsLeaf(s.Node) {
		return
	}
	if e.Attempts > 0 && s.Attempts != e.Attempts {
		r.unmet(e.Span, "the number of attempts of %q is %d, want %d", path, s.Attempts, e.Attempts)
	}
	if e.Handles.Name != "" && (s.Handling == nil || s.Handling.Step != e.Handles.Name) {
		instead := "nothing"
		if s.Handling != nil {
			instead = s.Handling.Step
		}
		r.unmet(e.Handles.Span, "%q handles the failure of %s, want %s", path, instead, e.Handles.Name)
	}
	for _, v := range e.Returns {
		i := slices.IndexFunc(s.returns, func(n engine.Named) bool { return n.Name == v.Name })
		if i < 0 {
			r.unmet(v.Span, "%q returned no %q", path, v.Name)
			continue
		}
		r.compareValue(fmt.Sprintf("return of %q", path), v, s.returns[i].Value)
	}
	r.compareParameters(fmt.Sprintf("parameter that %q sees", path), e.Sees, s.before)
	r.compareFiles(fmt.Sprintf("%q put", path), e.Put, s.Files(engine.StagePut))
	r.compareFiles(fmt.Sprintf("%q got", path), e.Get, s.Files(engine.StageGet))
}

// compareParameters holds the parameters of a scope against those wanted.
func (r *Result) compareParameters(what string, want []Value, in *engine.Scope) {
	for _, v := range want {
		got, ok := in.Param(v.Name)
		if !ok {
			r.unmet(v.Span, "there is no %s %q%s", what, v.Name, diag.DidYouMean(v.Name, names(in)))
			continue
		}
		r.compareValue(what, v, got)
	}
}

// names are those of the parameters of a scope.
func names(s *engine.Scope) []string {
	var out []string
	for name := range s.Params() {
		out = append(out, name)
	}
	return out
}

// compareValue holds a value against the one wanted.
func (r *Result) compareValue(what string, want Value, got engine.Value) {
	if text := r.text(got); !equal(want.JSON, []byte(text)) {
		r.unmet(want.Span, "the %s %q is %s, want %s", what, want.Name, short(text), short(string(want.JSON)))
	}
}

// compareFiles holds files, hashes by path, against what is wanted of them.
func (r *Result) compareFiles(what string, want []Content, got map[string]string) {
	for _, c := range want {
		hash, ok := got[c.Path]
		switch {
		case !ok:
			r.unmet(c.Span, "%s no file %q%s", what, c.Path, diag.DidYouMean(c.Path, slices.Sorted(maps.Keys(got))))
		case !c.Null && hash != engine.BlobOf([]byte(c.Text)).Hash:
			r.unmet(c.Span, "%s another %q: it holds %s, want %s", what, c.Path, short(fmt.Sprintf("%q", r.blobs[hash])), short(fmt.Sprintf("%q", c.Text)))
		}
	}
}

// catalog are the hashes of the files at the end, by path; that of an item of a map also by ITEM/PATH.
func (r *Result) catalog() map[string]string {
	out := map[string]string{}
	for e := range r.After.All() {
		name, file := e.Key.File()
		if !file {
			continue
		}
		for _, f := range e.Files {
			if f.Item != "" {
				out[f.Item+"/"+name] = f.Hash
			}
			if len(e.Files) == 1 {
				out[name] = f.Hash
			}
		}
	}
	return out
}

// Files are the hashes of the files that a leaf got ([engine.StageGet]) or put ([engine.StagePut]), by path.
func (s *Step) Files(stage string) map[string]string {
	out := map[string]string{}
	for _, f := range s.files {
		if f.Stage == stage {
			out[f.Path] = f.Hash
		}
	}
	return out
}

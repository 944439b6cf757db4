package yamldef

import (
	"fmt"
	"math"
	"math/big"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// retry reads retry, or Runnable's max_attempts.
func (r *reader) retry(f *fields) ir.Retry {
	if n := f.get("max_attempts"); n != nil {
		if f.has("retry") {
			r.Diags.Add(diag.Errorf("RR0110", r.Span(f.key("max_attempts")), "%s has both \"max_attempts\" and \"retry\"; keep only `retry: {limit: n-1}`", f.what).
				With(r.Span(f.key("retry")), "the other is here"))
			return ir.Retry{}
		}
		attempts, _ := r.count(n, f.of("max_attempts"), 1)
		return ir.Retry{Limit: max(attempts-1, 0)}
	}
	n := f.get("retry")
	if n == nil {
		return ir.Retry{}
	}
	if isScalar(n, yaml12.Int) {
		r.Errorf("RR0103", n, "%s must be a mapping; write {limit: %s}", f.of("retry"), yaml12.Deref(n).Value)
		return ir.Retry{}
	}
	rf, ok := r.part(f, "retry", n, f.key("retry"))
	if !ok {
		return ir.Retry{}
	}
	r.check(rf, retryTable())
	out := ir.Retry{Backoff: r.backoff(rf)}
	if l := rf.get("limit"); l != nil {
		out.Limit, _ = r.count(l, rf.of("limit"), 0)
	}
	if on := rf.get("on"); on != nil {
		out.On = r.retryOn(on, rf.of("on"))
	}
	if m := rf.get("memory_factor"); m != nil {
		out.MemoryFactor = r.factor(m, rf.of("memory_factor"))
		if why := out.WrongFactor(); why != "" {
			r.Errorf(ir.CodeMemoryFactor, m, "%s %s", rf.of("memory_factor"), why)
			out.MemoryFactor = 0
		}
	}
	return out
}

// backoff reads the wait before a repeated attempt.
func (r *reader) backoff(f *fields) ir.Backoff {
	n := f.get("backoff")
	if n == nil {
		return ir.Backoff{}
	}
	bf, ok := r.part(f, "backoff", n, f.key("backoff"))
	if !ok {
		return ir.Backoff{}
	}
	r.check(bf, backoffTable())
	out := ir.Backoff{Duration: r.duration(bf, "duration"), Cap: r.duration(bf, "cap")}
	if n := bf.get("factor"); n != nil {
		out.Factor = r.factor(n, bf.of("factor"))
	}
	if out.Cap > 0 && out.Cap < out.Duration {
		r.Errorf("RR0109", bf.get("cap"), "%s is shorter than the first wait, %s; make it longer, or delete it", bf.of("cap"), out.Duration)
	}
	return out
}

// factor reads how much longer each further wait is: at least 1.
func (r *reader) factor(n *yaml.Node, what string) float64 {
	if !isScalar(n, yaml12.Int, yaml12.Float) {
		r.wrong(n, what, "a number")
		return 0
	}
	v, err := strconv.ParseFloat(yaml12.Deref(n).Value, 64)
	if err != nil || math.IsNaN(v) || v < 1 || v > 1e6 {
		r.Errorf("RR0109", n, "%s must be at least 1 and at most 1000000, not %s", what, yaml12.Deref(n).Value)
		return 0
	}
	return v
}

// retryOn reads which failures are worth another try.
func (r *reader) retryOn(n *yaml.Node, what string) []string {
	items, ok := r.list(n, what)
	if !ok {
		return nil
	}
	known := []string{"error", "timeout", "oom"}
	out := make([]string, 0, len(items))
	for _, item := range items {
		if isScalar(item, yaml12.Int) && yaml12.Fits(yaml12.Deref(item)) {
			code := yaml12.Integer(yaml12.Deref(item).Value)
			if code.Sign() <= 0 || code.Cmp(big.NewInt(255)) > 0 {
				r.Errorf("RR0109", item, "the exit code %s in %s does not mean a failure; use 1 to 255", code, what)
				continue
			}
			out = append(out, code.String())
			continue
		}
		word, ok := r.text(item, "an entry of "+what)
		switch {
		case !ok:
		case word == known[0], word == known[1], word == known[2]:
			out = append(out, word)
		default:
			r.Errorf("RR0107", item, "an entry of %s cannot be %q%s", what, word, orExitCode(word, known))
		}
	}
	return out
}

func orExitCode(word string, known []string) string {
	if hint := diag.DidYouMean(word, known); hint != "" {
		return hint
	}
	return fmt.Sprintf("; it is one of %s, %s, %s or an exit code", known[0], known[1], known[2])
}

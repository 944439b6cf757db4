package argo

import (
	"cmp"
	"time"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
)

// retry is the retry strategy of a leaf's pods: the runner ends with 75 when the definition says to try
// again; a pod that was lost or killed is tried again too.
func (b *builder) retry(n ir.Node, s Settings) *yamlout.Map {
	t, ok := n.(*ir.Task)
	if !ok || t.Retry.Limit == 0 {
		return configured(s.Retry)
	}
	m := yamlout.NewMap("limit", itoa(t.Retry.Limit), "retryPolicy", "Always",
		"expression", "lastRetry.status == 'Error' || int(lastRetry.exitCode) in [75, 137]")
	back := t.Retry.Backoff
	if back.Duration <= 0 {
		return m
	}
	wait := yamlout.NewMap("duration", back.Duration.String())
	factor := int(back.Factor)
	if float64(factor) < back.Factor {
		factor++
		b.warn("RR1020", t.Span, "Argo's backoff factor is a whole number: the %v of %q becomes %d", back.Factor, t.Name, factor)
	}
	if factor > 1 {
		wait.Add("factor", itoa(factor))
	}
	if back.Cap > 0 && b.reachesCap(t.Retry) {
		if b.o.Version.atLeast("3.7") {
			wait.Add("cap", back.Cap.String())
		} else {
			b.warn("RR1021", t.Span, "the cap of the backoff of %q needs Argo 3.7 or newer, and is left out: give --argo-version 3.7 if your Argo has it", t.Name)
		}
	}
	return m.Add("backoff", wait)
}

// reachesCap reports whether any wait of the retries would be longer than their cap.
func (b *builder) reachesCap(r ir.Retry) bool {
	wait := float64(r.Backoff.Duration)
	for i := 1; i < r.Limit && wait <= float64(r.Backoff.Cap); i++ {
		wait *= max(r.Backoff.Factor, 1)
	}
	return wait > float64(r.Backoff.Cap)
}

// configured is the retry strategy of the configuration, for steps that name none themselves.
func configured(r *RetryStrategy) *yamlout.Map {
	m := yamlout.NewMap()
	if r == nil || r.Limit == nil || *r.Limit == 0 {
		return m
	}
	m.Add("limit", itoa(*r.Limit))
	m.Add("retryPolicy", cmp.Or(r.Policy, "Always"))
	if back := cmp.Or(r.BackOff, r.Other); back != nil && *back != (BackOff{}) {
		wait := yamlout.NewMap("duration", cmp.Or(back.Duration, "2m")) // Runnable's default
		if back.Factor > 0 {
			wait.Add("factor", itoa(back.Factor))
		}
		m.Add("backoff", wait.Opt("maxDuration", back.MaxDuration))
	}
	return m
}

// checkTimeout warns of a step's time limit that the end of the workflow comes before.
func (b *builder) checkTimeout(n ir.Node) {
	whole := time.Duration(b.runDeadline()) * time.Second
	if t, ok := n.(*ir.Task); ok && t.Timeout > whole {
		b.warn("RR1025", t.Span, "%q may take %s and the whole workflow %s, after which Argo ends both: raise argo_workflow.spec.active_deadline_seconds in %s", t.Name, t.Timeout, whole, b.configName())
	}
}

// deadline is the time limit of a pod in seconds: the step's own and some slack, behind the runner that keeps it to
// the second; else the configuration's.
func (b *builder) deadline(n ir.Node, s Settings) int {
	if t, ok := n.(*ir.Task); ok && t.Timeout > 0 {
		return int((t.Timeout + slack + time.Second - 1) / time.Second)
	}
	return s.ActiveDeadlineSeconds
}

package ir

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Concurrency says how many runs go on at a time, and what a run does that would be one too many (SEMANTICS 6).
type Concurrency struct {
	Group      string // of the pipelines that share the limit; empty: the pipeline has it alone
	Limit      int    // 0: one
	OnConflict string // empty: [ConflictWait]
	Span       diag.Span
}

// What a run does that would be one too many.
const (
	ConflictWait   = "wait"   // it begins when another one has ended
	ConflictFail   = "fail"   // it does not begin
	ConflictCancel = "cancel" // it ends the oldest of the others, and begins
)

// CodeConcurrency is the code of a limit of runs that cannot be.
const CodeConcurrency = "RR0336"

// mostRuns is the highest limit.
const mostRuns = 1000

// Runs is the number of runs at a time.
func (c *Concurrency) Runs() int { return max(c.Limit, 1) }

// Conflict is what a run does that would be one too many.
func (c *Concurrency) Conflict() string { return cmp.Or(c.OnConflict, ConflictWait) }

// Group is the name under which runs of the pipeline are counted.
func (p *Pipeline) Group() string {
	if p.Concurrency != nil && p.Concurrency.Group != "" {
		return p.Concurrency.Group
	}
	return p.Called()
}

// groupForm is what Kubernetes takes as the name of nearly everything.
var groupForm = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?$`)

// concurrency checks the limit of runs at a time.
func (c *checker) concurrency() {
	l := c.p.Concurrency
	if l == nil {
		return
	}
	at := cmp.Or(l.Span, c.p.Span)
	if l.Group != "" && !groupForm.MatchString(l.Group) {
		c.errorf(CodeConcurrency, at, "the group of concurrency is %q; use at most 53 lower-case letters, digits and dashes, as in nightly-loads", l.Group)
	}
	if l.Limit < 0 || l.Limit > mostRuns {
		c.errorf(CodeConcurrency, at, "the limit of concurrency is %d; it is a number of runs from 1 to %d", l.Limit, mostRuns)
	}
	known := []string{ConflictWait, ConflictFail, ConflictCancel}
	if !slices.Contains(known, l.Conflict()) {
		c.errorf(CodeConcurrency, at, "on_conflict is %q%s", l.OnConflict, oneOf(l.OnConflict, known))
	}
}

// oneOf ends a message about a word that is none of those known.
func oneOf(word string, known []string) string {
	return cmp.Or(diag.DidYouMean(word, known), "; it is one of "+strings.Join(known, ", "))
}

// String says what the limit is.
func (c *Concurrency) String() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s %s", c.Runs(), c.Conflict(), c.Group))
}

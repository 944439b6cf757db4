package ir

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Schedule says when runs begin, on targets that start them by time.
type Schedule struct {
	Cron     string        // five fields, or a word such as @daily
	Timezone string        // of the database of time zones; empty: the target's
	When     string        // an expression of the target: a run begins if it is true
	Policy   string        // what becomes of a run whose time comes while the last one goes on; empty: [PolicyForbid]
	Deadline time.Duration // by which a run may begin late; 0: not said
	Suspend  bool          // no run begins
	// How many runs that succeeded and failed the target keeps; nil: as many as it likes.
	KeepSucceeded, KeepFailed *int
	Span                      diag.Span
}

// What becomes of a run whose time comes while the last one goes on.
const (
	PolicyAllow   = "allow"   // both go on
	PolicyForbid  = "forbid"  // it is left out
	PolicyReplace = "replace" // the last one is ended
)

// CodeSchedule is the code of a schedule that cannot be.
const CodeSchedule = "RR0337"

// schedules checks what each schedule says; what cron and time zones are is known to the targets.
func (c *checker) schedules() {
	policies := []string{PolicyAllow, PolicyForbid, PolicyReplace}
	for _, s := range c.p.Schedules {
		at := cmp.Or(s.Span, c.p.Span)
		if fields := len(strings.Fields(s.Cron)); fields != 5 && !strings.HasPrefix(s.Cron, "@") {
			c.errorf(CodeSchedule, at, "the schedule %q has %d fields; give five (minute, hour, day, month, day of the week), as in \"0 3 * * *\", or a word such as @daily", s.Cron, fields)
		}
		if s.Policy != "" && !slices.Contains(policies, s.Policy) {
			c.errorf(CodeSchedule, at, "concurrency_policy is %q%s", s.Policy, oneOf(s.Policy, policies))
		}
		if s.Deadline < 0 || s.Deadline > MaxDuration {
			c.errorf(CodeSchedule, at, "starting_deadline is %s; it must be from 0 to %s", s.Deadline, MaxDuration)
		}
		for _, keep := range []*int{s.KeepSucceeded, s.KeepFailed} {
			if keep != nil && *keep < 0 {
				c.errorf(CodeSchedule, at, "a schedule cannot keep %d runs; give a number from 0 on", *keep)
			}
		}
	}
}

// Settings says in words what the schedule is besides its times: those of one text differ in their times alone.
func (s Schedule) Settings() string {
	var out []string
	add := func(given bool, text string, value any) {
		if given {
			out = append(out, strings.TrimSpace(fmt.Sprint(text, " ", value)))
		}
	}
	add(s.Timezone != "", "", s.Timezone)
	add(s.When != "", "when", s.When)
	add(s.Policy != "", "policy", s.Policy)
	add(s.Deadline != 0, "deadline", s.Deadline)
	add(s.Suspend, "suspended", "")
	if s.KeepSucceeded != nil {
		add(true, "keep succeeded", *s.KeepSucceeded)
	}
	if s.KeepFailed != nil {
		add(true, "keep failed", *s.KeepFailed)
	}
	return strings.Join(out, ", ")
}

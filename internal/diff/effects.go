package diff

import (
	"fmt"
	"io"
	"strings"
)

// Effects are what follows from the changes.
type Effects struct {
	Again   []Again        `json:"again,omitempty"`   // cached steps that run again
	Perhaps []Again        `json:"perhaps,omitempty"` // cached steps that run again if what others give them is another
	Retry   *Retry         `json:"retry,omitempty"`   // of the run that is compared
	Targets []TargetEffect `json:"targets,omitempty"` // those for which something differs
}

// Retry is what a retry of a run would do with the new definition.
type Retry struct {
	Possible bool     `json:"possible"`
	Edited   []string `json:"edited,omitempty"` // steps that succeeded and have been edited since: a retry refuses them without --changed
	Gone     []string `json:"gone,omitempty"`   // steps that succeeded and are no longer there: a retry refuses that, unless in a new run
	Again    []string `json:"again,omitempty"`  // steps that run again, or for the first time; what depends on them follows
	Kept     int      `json:"kept"`             // steps whose results are kept, unless a step before them gives others
}

// TargetEffect is what changes for a target.
type TargetEffect struct {
	Target   string   `json:"target"`
	OldBytes int      `json:"old_bytes,omitempty"` // of what is rendered; 0: it is refused
	NewBytes int      `json:"new_bytes,omitempty"`
	OldPods  int      `json:"old_pods,omitempty"` // at least; 0: the target has none, or is not asked
	NewPods  int      `json:"new_pods,omitempty"`
	Refused  []string `json:"refused,omitempty"`  // why the target can express the new definition no more
	Accepted []string `json:"accepted,omitempty"` // why it could not express the old one
}

// None reports whether nothing follows.
func (e *Effects) None() bool {
	return e == nil || len(e.Again) == 0 && len(e.Perhaps) == 0 && e.Retry == nil && len(e.Targets) == 0
}

// visible reports whether there is something to print: how many bytes are rendered is for programs.
func (e *Effects) visible() bool {
	var b strings.Builder
	if !e.None() {
		e.write(&b, "", func(text string) string { return text })
	}
	return b.Len() > 0
}

// write prints effects, each line behind a mark.
func (e *Effects) write(w io.Writer, mark string, code func(string) string) {
	line := func(format string, args ...any) { fmt.Fprintf(w, mark+format+"\n", args...) }
	for _, a := range e.Again {
		line("%s runs again, whatever the cache holds: %s", code(a.Path), joined(a.Why, code))
	}
	for _, a := range e.Perhaps {
		line("%s runs again if it gets another value: %s", code(a.Path), joined(a.Why, code))
	}
	if r := e.Retry; r != nil {
		if r.Possible {
			line("the run can be retried: %s kept", kept(r.Kept))
		}
		if len(r.Edited) > 0 {
			line("a retry needs --changed, because these steps succeeded and have been edited since: %s", joined(r.Edited, code))
		}
		if len(r.Gone) > 0 {
			line("a retry needs --new-run, because these steps succeeded and no longer exist: %s", joined(r.Gone, code))
		}
		if len(r.Again) > 0 {
			line("a retry runs %s, and what depends on it", joined(r.Again, code))
		}
	}
	for _, t := range e.Targets {
		for _, why := range t.Refused {
			line("%s refuses it now: %s", t.Target, code(why))
		}
		for _, why := range t.Accepted {
			line("%s accepts it now: it refused %s", t.Target, code(why))
		}
		if t.OldPods != t.NewPods && t.OldBytes != 0 && t.NewBytes != 0 {
			line("%s: %d → %d pods", t.Target, t.OldPods, t.NewPods)
		}
	}
}

// mostListed is the number of names that a line lists.
const mostListed = 10

func joined(all []string, code func(string) string) string {
	shown := make([]string, min(len(all), mostListed))
	for i := range shown {
		shown[i] = code(all[i])
	}
	text := strings.Join(shown, ", ")
	if len(all) > mostListed {
		text += fmt.Sprintf(" and %d more", len(all)-mostListed)
	}
	return text
}

func kept(n int) string {
	if n == 1 {
		return "1 step is"
	}
	return fmt.Sprintf("%d steps are", n)
}

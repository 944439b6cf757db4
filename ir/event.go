package ir

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Event says what begins a run, on targets that begin runs by events: a request, a time, or the success of another pipeline.
type Event struct {
	Webhook    string            // path of the request, such as /train
	Calendar   string            // five fields of cron, or a word such as @daily
	Timezone   string            // of Calendar; empty: the target's
	Succeeded  string            // name of the other pipeline
	Parameters map[string]string // where in the event the values of initial parameters are, such as body.version
	Span       diag.Span
}

// CodeEvent is the code of an event that cannot be.
const CodeEvent = "RR0338"

var (
	webhookForm = regexp.MustCompile(`^/[A-Za-z0-9._~/-]*$`)
	payloadForm = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)
)

// events checks what each event says; what cron and time zones are is known to the targets.
func (c *checker) events() {
	paths := map[string]bool{}
	for _, e := range c.p.Events {
		at := cmp.Or(e.Span, c.p.Span)
		if e.kinds() != 1 {
			c.errorf(CodeEvent, at, "an event is one of webhook, calendar and succeeded; give one of them, and each other event an entry of its own")
			continue
		}
		switch {
		case e.Webhook != "" && !webhookForm.MatchString(e.Webhook):
			c.errorf(CodeEvent, at, "the webhook is %q; give the path of a request, as in /train", e.Webhook)
		case e.Webhook != "" && paths[e.Webhook]:
			c.errorf(CodeEvent, at, "the webhook %s is there twice; give each a path of its own", e.Webhook)
		case e.Calendar != "" && len(strings.Fields(e.Calendar)) != 5 && !strings.HasPrefix(e.Calendar, "@"):
			c.errorf(CodeEvent, at, "the calendar is %q; give five fields of cron, as in \"0 3 * * *\", or a word such as @daily", e.Calendar)
		case e.Timezone != "" && e.Calendar == "":
			c.errorf(CodeEvent, at, "timezone belongs to a calendar")
		case e.Succeeded != "" && e.Succeeded == c.p.Called():
			c.errorf(CodeEvent, at, "%q would begin itself for ever; name another pipeline", e.Succeeded)
		}
		paths[e.Webhook] = true
		c.payload(e, at)
	}
}

// payload checks which parameters an event gives.
func (c *checker) payload(e Event, at diag.Span) {
	for _, name := range slices.Sorted(maps.Keys(e.Parameters)) {
		if path := e.Parameters[name]; !payloadForm.MatchString(path) {
			c.errorf(CodeEvent, at, "the value of %q is to be at %q; give names joined by dots, as in body.version", name, path)
		}
		if Declared(c.p.Parameters, name) == nil {
			c.errorf(CodeEvent, at, "the event gives a value for %q, which the pipeline does not declare%s", name, cmp.Or(diag.DidYouMean(name, declaredNames(c.p.Parameters)), "; declare it in parameters"))
		}
	}
	for _, p := range c.p.Parameters {
		if _, given := e.Parameters[p.Name]; p.Required && !given {
			c.errorf(CodeEvent, at, "the parameter %q is required, and the event gives no value for it; say where one is: parameters: {%s: body.%s}", p.Name, p.Name, p.Name)
		}
	}
}

func declaredNames(list []Parameter) []string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.Name
	}
	return names
}

// kinds counts what the event is.
func (e Event) kinds() int {
	n := 0
	for _, what := range []string{e.Webhook, e.Calendar, e.Succeeded} {
		if what != "" {
			n++
		}
	}
	return n
}

// String says in words what begins a run, and what it gives.
func (e Event) String() string {
	var out []string
	for _, part := range []struct{ word, text string }{{"webhook", e.Webhook}, {"calendar", e.Calendar}, {"in", e.Timezone}, {"succeeded", Bare(e.Succeeded)}} {
		if part.text != "" && part.text != `""` {
			out = append(out, part.word+" "+part.text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Parameters)) {
		out = append(out, Bare(name)+" from "+e.Parameters[name])
	}
	return strings.Join(out, ", ")
}

package stepfunctions

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/kubekind"
	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// schedules adds a schedule for each of the definition, or the one of the configuration. A run is started at its time or not at
// all, so a deadline for late ones is kept.
func (b *builder) schedules(m *yamlout.Map) {
	for i, s := range b.scheduled() {
		zone := cmp.Or(s.Timezone, b.TimeZone, "UTC")
		wrong := kubekind.Refused(ir.Schedule{Cron: s.Cron, Timezone: zone})
		expression, why := cron(s.Cron)
		if why != "" && len(wrong) == 0 {
			wrong = append(wrong, fmt.Sprintf("the schedule %q cannot be one of EventBridge: %s", s.Cron, why))
		}
		for _, why := range append(wrong, noMeans(s)...) {
			b.Refuse(codeSetting, s.Span, "%s", why)
		}
		id := "Schedule"
		if i > 0 {
			id += itoa(i + 1)
		}
		start := "{}"
		if alone(s) {
			start = `{"scheduled": true}`
		}
		goal := yamlout.NewMap("Arn", ref("Machine"), "RoleArn", att("EventsRole"), "Input", start, "RetryPolicy", flow("MaximumRetryAttempts", 0))
		properties := yamlout.NewMap("ScheduleExpression", expression, "ScheduleExpressionTimezone", zone)
		if s.Suspend {
			properties.Add("State", "DISABLED")
		}
		m.Gap().Add(id, made("AWS::Scheduler::Schedule", properties.Add("FlexibleTimeWindow", flow("Mode", "OFF")).Add("Target", goal)))
	}
}

// scheduled are the schedules that there are.
func (b *builder) scheduled() []ir.Schedule {
	if b.Schedule == "" {
		return b.pipeline.Schedules
	}
	return []ir.Schedule{{Cron: b.Schedule, Span: diag.Span{File: b.ConfigFile}}}
}

// alone reports whether a run whose time comes while another goes on is left out.
func alone(s ir.Schedule) bool { return s.Policy != ir.PolicyAllow }

// noMeans says what of a schedule there is no means for.
func noMeans(s ir.Schedule) (all []string) {
	if s.Policy == ir.PolicyReplace {
		all = append(all, "a run that a schedule starts cannot end the last one; say concurrency_policy: forbid or allow")
	}
	if s.When != "" {
		all = append(all, fmt.Sprintf("the schedule %q has when, which EventBridge has not; leave it out, or render for Argo", s.Cron))
	}
	if s.KeepSucceeded != nil || s.KeepFailed != nil {
		all = append(all, "Step Functions keeps the history of each run for 90 days; leave out keep_succeeded and keep_failed")
	}
	return all
}

// checkScheduled reports schedules that count for nothing, and what a schedule cannot start.
func (b *builder) checkScheduled() {
	if b.Schedule != "" {
		for _, s := range b.pipeline.Schedules {
			b.Warn(codeSetting, s.Span, "the definition's schedule %q has no effect: schedule of the configuration takes its place", s.Cron)
		}
	}
	if len(b.scheduled()) > 0 {
		b.RefuseUnattended(codeSetting, b.pipeline.Parameters, b.Parameters)
	}
}

// cron turns five fields of cron into an expression of EventBridge, which has six, or says why that cannot be.
func cron(text string) (expression, why string) {
	fields := strings.Fields(cmp.Or(spelled()[text], text))
	if len(fields) != 5 {
		return "", "it needs five fields: minute, hour, day of the month, month, day of the week"
	}
	const months, week = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC", "SUN MON TUE WED THU FRI SAT"
	var out []string
	for i, kind := range []field{{0, 59, nil}, {0, 23, nil}, {1, 31, nil}, {1, 12, strings.Fields(months)}, {0, 7, strings.Fields(week)}} {
		values, why := kind.values(fields[i])
		if why != "" {
			return "", why
		}
		out = append(out, values)
	}
	switch {
	case out[2] != "*" && out[4] != "*":
		return "", "it names days of the month and days of the week, and means either; write a schedule for each"
	case out[4] == "*":
		out[4] = "?"
	default:
		out[2] = "?"
	}
	return "cron(" + strings.Join(out, " ") + " *)", ""
}

// spelled are the words for schedules, in five fields.
func spelled() map[string]string {
	return map[string]string{
		"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
	}
}

// field is one of cron's: its least and greatest value, and the names of its values.
type field struct {
	low, high int
	names     []string
}

// values are those that a field lists, with ranges and steps written out. Days of the week go by name, since EventBridge counts
// them from 1.
func (f field) values(text string) (list, why string) {
	if text == "*" {
		return text, ""
	}
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		span, every, stepped := strings.Cut(part, "/")
		low, high, ok := f.span(span, stepped)
		step := 1
		if stepped {
			var err error
			step, err = strconv.Atoi(every)
			ok = ok && err == nil
		}
		if !ok || step < 1 || low > high {
			return "", fmt.Sprintf("%q is none of the values from %d to %d", part, f.low, f.high)
		}
		for v := low; v <= high; v += step {
			text := strconv.Itoa(v)
			if f.high == 7 {
				text = f.names[v%7]
			}
			out = append(out, text)
		}
	}
	return strings.Join(out, ","), ""
}

// span reads a value, a range, or the star; a value with a step goes on to the greatest.
func (f field) span(text string, stepped bool) (low, high int, ok bool) {
	if text == "*" {
		if f.high == 7 { // Sunday again
			return 0, 6, true
		}
		return f.low, f.high, true
	}
	from, to, ranged := strings.Cut(text, "-")
	low, ok = f.value(from)
	switch {
	case ranged:
		var also bool
		high, also = f.value(to)
		ok = ok && also
	case stepped:
		high = f.high
	default:
		high = low
	}
	return low, high, ok
}

func (f field) value(text string) (int, bool) {
	if i := slices.Index(f.names, strings.ToUpper(text)); i >= 0 {
		return f.low + i, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= f.low && n <= f.high
}

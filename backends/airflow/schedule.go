package airflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/internal/kubekind"
	"github.com/runnable-render/runnable-render/backends/internal/pyout"
	"github.com/runnable-render/runnable-render/ir"
)

// schedules are the times at which runs begin: that of the configuration, else those of the pipeline.
func (b *builder) schedules() []ir.Schedule {
	if b.Schedule != "" {
		return []ir.Schedule{{Cron: b.Schedule}}
	}
	return slices.DeleteFunc(slices.Clone(b.pipeline.Schedules), func(s ir.Schedule) bool { return s.Suspend })
}

// schedule is the timetable.
func (b *builder) schedule() string {
	all := b.schedules()
	if len(all) == 0 {
		return "None"
	}
	class := map[bool]string{false: "CronTriggerTimetable", true: "MultipleCronTriggerTimetable"}[len(all) > 1]
	b.used[class] = true
	var crons []string
	for _, s := range all {
		crons = append(crons, pyout.Quoted(s.Cron))
	}
	return class + "(" + strings.Join(crons, ", ") + ", timezone=" + pyout.Quoted(b.zone(all[0])) + ")"
}

func (b *builder) zone(s ir.Schedule) string { return cmp.Or(s.Timezone, b.TimeZone, "UTC") }

// activeRuns is how many runs go on at a time; 0: as many as Airflow allows.
func (b *builder) activeRuns() int {
	if all := b.schedules(); b.ActiveRuns == 0 && len(all) > 0 && all[0].Policy != ir.PolicyAllow {
		return 1
	}
	return b.ActiveRuns
}

// checkSchedules refuses times at which Airflow cannot begin runs, and what it cannot keep to.
func (b *builder) checkSchedules() {
	for _, s := range b.pipeline.Schedules {
		if b.Schedule != "" {
			b.Warn(codeEffect, s.Span, "the definition's schedule %q has no effect: schedule of the configuration takes its place", s.Cron)
			continue
		}
		if s.Suspend {
			b.notes = append(b.notes, fmt.Sprintf("the schedule %q is suspended and left out", s.Cron))
		}
		for _, why := range kubekind.Refused(s) {
			b.Refuse(codeSetting, s.Span, "%s", why)
		}
		b.RefuseSettings(codeSetting, s, ir.PolicyAllow)
		if first := b.pipeline.Schedules[0]; b.zone(s) != b.zone(first) || (s.Policy == ir.PolicyAllow) != (first.Policy == ir.PolicyAllow) {
			b.Refuse(codeSetting, s.Span, "a DAG has one time zone and one concurrency_policy for all its schedules, and this one differs from the first; give both the same")
		}
	}
	if len(b.schedules()) > 0 {
		b.RefuseUnattended(codeSetting, b.pipeline.Parameters, b.inputs.Parameters)
	}
}

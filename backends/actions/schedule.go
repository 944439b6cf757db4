package actions

import (
	"fmt"
	"regexp"
	"time"

	"github.com/robfig/cron/v3"
)

// schedules are the times at which runs begin: those of the configuration, else those of the pipeline.
func (b *builder) schedules() []string {
	if b.Schedule != "" {
		return []string{b.Schedule}
	}
	var out []string
	for _, s := range b.pipeline.Schedules {
		if !s.Suspend {
			out = append(out, s.Cron)
		}
	}
	return out
}

func (b *builder) checkSchedules() {
	for _, s := range b.pipeline.Schedules {
		if b.Schedule != "" {
			b.Warn(codeSetting, s.Span, "the definition's schedule %q has no effect: schedule of the configuration takes its place", s.Cron)
			continue
		}
		if s.Suspend {
			b.notes = append(b.notes, fmt.Sprintf("the schedule %q is suspended and left out", s.Cron))
		}
		b.RefuseSettings(codeSetting, s)
		switch {
		case s.Timezone != "" && s.Timezone != "UTC" && s.Timezone != "Etc/UTC":
			b.Refuse(codeSetting, s.Span, "GitHub's schedules are in UTC, and this one is in %s; write it in UTC", s.Timezone)
		case !isSchedule(s.Cron):
			b.Refuse(codeSetting, s.Span, "the schedule must be %s, not %q", kindOf("schedule").Want, s.Cron)
		}
	}
	if len(b.schedules()) > 0 {
		b.RefuseUnattended(codeSetting, b.pipeline.Parameters, b.inputs.Parameters)
	}
}

// cronFields are five fields as GitHub reads them: no words such as @daily, no question marks, no time zones.
var cronFields = regexp.MustCompile(`^[0-9A-Za-z*,/-]+( [0-9A-Za-z*,/-]+){4}$`) // compiled once, by every import

// isSchedule reports whether GitHub starts runs by a text: a time comes, and the next not within five minutes.
func isSchedule(text string) bool {
	if !cronFields.MatchString(text) {
		return false
	}
	s, err := cron.ParseStandard(text)
	if err != nil {
		return false
	}
	at := s.Next(time.Unix(0, 0).UTC())
	for range 60 { // those of an hour at least
		next := s.Next(at)
		if at.IsZero() || next.Sub(at) < 5*time.Minute {
			return false
		}
		at = next
	}
	return true
}

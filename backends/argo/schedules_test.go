package argo

import (
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/ir"
)

// scheduled are schedules of which the first two share what is not a time.
func scheduled(t *testing.T) *ir.Pipeline {
	t.Helper()
	p := pipelineOf(t, chain(sh("a")))
	none := 0
	p.Schedules = []ir.Schedule{
		{Cron: "0 3 * * *", Timezone: "Europe/Berlin", Deadline: 90500 * time.Millisecond},
		{Cron: "0 5 * * 6", Timezone: "Europe/Berlin", Deadline: 90500 * time.Millisecond},
		{Cron: "@hourly", When: "{{= cronworkflow.failed < 3 }}", Policy: ir.PolicyReplace, Suspend: true, KeepSucceeded: &none},
	}
	return p
}

// TestSchedulesOfADefinition: one CronWorkflow has the schedules that differ in their times alone. Argo's schemas and validator take them.
func TestSchedulesOfADefinition(t *testing.T) {
	t.Parallel()
	files, list := Render(scheduled(t), Options{Image: "i:1", Directory: true})
	if len(list) > 0 {
		t.Fatal(messages(list))
	}
	for name, wants := range map[string][]string{
		FileCron: {
			"  name: demo\n", "  - \"0 3 * * *\"\n  - \"0 5 * * 6\"\n", "timezone: Europe/Berlin", "concurrencyPolicy: Forbid", "startingDeadlineSeconds: 91",
			"successfulJobsHistoryLimit: 3",
		},
		"cron-workflow-2.yaml": {
			"  name: demo-2\n", "@hourly", "when: \"{{= cronworkflow.failed < 3 }}\"", "concurrencyPolicy: Replace", "suspend: true", "successfulJobsHistoryLimit: 0",
			"workflowTemplateRef:\n      name: demo\n",
		},
		FileKustomization: {"- cron-workflow.yaml\n- cron-workflow-2.yaml\n"},
	} {
		text := string(files[name])
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", name, want, text)
			}
		}
		if strings.HasPrefix(name, "cron") {
			for _, err := range resourceSchema(t, "cronworkflows").Validate(document(t, files[name])).Errors {
				t.Error(err)
			}
		}
	}
}

// TestSchedulesOfArgo35: it has one time in a CronWorkflow, and no when.
func TestSchedulesOfArgo35(t *testing.T) {
	t.Parallel()
	p := scheduled(t)
	if files, list := Render(p, Options{Image: "i:1", Directory: true, Version: "3.5"}); files != nil || !strings.Contains(messages(list), `RR1003 the schedule "@hourly" has when, which Argo 3.5 has not`) {
		t.Errorf("messages: %s", messages(list))
	}
	p.Schedules = p.Schedules[:2]
	config := Options{Image: "i:1", Directory: true, Version: "3.5", Config: Config{Cron: Cron{Schedules: []string{"0 3 * * *", "0 5 * * 6"}}}}
	for _, o := range []Options{{Image: "i:1", Directory: true, Version: "3.5"}, config} {
		if len(o.Config.Cron.Schedules) > 0 {
			p.Schedules = nil
		}
		files, list := Render(p, o)
		if list.HasErrors() {
			t.Fatal(messages(list))
		}
		if !strings.Contains(string(files[FileCron]), `schedule: "0 3 * * *"`) || !strings.Contains(string(files["cron-workflow-2.yaml"]), `schedule: "0 5 * * 6"`) {
			t.Errorf("%s\n%s", files[FileCron], files["cron-workflow-2.yaml"])
		}
	}
}

package argo

import (
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/ir"
)

// withHooks renders one stub with hooks.
func withHooks(t *testing.T, success, failure []ir.Hook, o Options) (text, said string) {
	t.Helper()
	p := pipelineOf(t, chain(&ir.Stub{Common: base("s")}))
	p.OnSuccess, p.OnFailure = success, failure
	files, list := Render(p, o)
	return string(files[SingleFile]), messages(list)
}

// part is a template of a manifest, as text.
func part(t *testing.T, text, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "  - name: "+name+"\n")
	if !ok {
		t.Fatalf("there is no template %s", name)
	}
	out, _, _ := strings.Cut(rest, "\n  - name: ")
	return out
}

// TestHooksRunInTheImageOfSteps: commands need the user's image, webhooks the runner's alone; each with the settings
// of steps, and the secrets that it names.
func TestHooksRunInTheImageOfSteps(t *testing.T) {
	t.Parallel()
	command := []ir.Hook{{Command: "true", Secrets: []ir.Ref{{Name: "TOKEN"}}, Timeout: time.Minute}, {Command: "true"}}
	webhook := []ir.Hook{{Webhook: "https://example.org/", Timeout: 10 * time.Second}, {WebhookFrom: "HOOK"}}
	big := Settings{Resources: PodResources{Limits: Amounts{Memory: "9Gi", GPU: "1"}}, NodeSelector: map[string]string{"disk": "ssd"}}
	secret := Config{Secret: "secrets", Defaults: big}
	limit := 5
	retried := Config{Secret: "secrets", Defaults: Settings{Retry: &RetryStrategy{Limit: &limit}, Timeout: "1h"}}
	variable := Config{Defaults: Settings{Env: []EnvVar{{Name: "HOOK", Value: "http://example.org/"}}}}
	fromSecret := Config{Defaults: Settings{EnvFrom: []string{"urls"}}}
	for name, c := range map[string]struct {
		hooks      []ir.Hook
		o          Options
		want, lack []string
	}{
		"commands": {command, Options{Image: "app:1", Config: secret}, []string{
			"image: app:1", "key: TOKEN, optional: true", "memory: \"9Gi\"", "disk: ssd", "retryPolicy: OnError", "activeDeadlineSeconds: 690\n",
		}, []string{"gpu"}},
		"webhooks": {webhook, Options{Config: secret, RunnerImage: "runner:1"}, []string{
			"image: runner:1", "key: HOOK, optional: true", "memory: \"512Mi\"", "disk: ssd", "activeDeadlineSeconds: 720\n",
		}, []string{"9Gi", "gpu"}},
		"retries of steps":      {command, Options{Image: "app:1", Config: retried}, []string{`limit: "2"`, "retryPolicy: OnError"}, []string{`limit: "5"`, "timeout:"}},
		"a variable":            {webhook, Options{Config: variable}, []string{"- name: HOOK\n        value: http://example.org/"}, []string{"secretKeyRef"}},
		"variables of a Secret": {webhook, Options{Config: fromSecret}, []string{"secretRef: {name: urls}"}, []string{"secretKeyRef"}},
	} {
		text, said := withHooks(t, nil, c.hooks, c.o)
		if text == "" {
			t.Fatalf("%s: %s", name, said)
		}
		got := part(t, text, "hooks")
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", name, want, got)
			}
		}
		for _, lack := range c.lack {
			if strings.Contains(got, lack) {
				t.Errorf("%s: %q in\n%s", name, lack, got)
			}
		}
	}
}

// TestHooksRunWhenTheyFit: a pod starts only where a hook may have to run, and what ends a run is counted.
func TestHooksRunWhenTheyFit(t *testing.T) {
	t.Parallel()
	hook := []ir.Hook{{Command: "true"}}
	for name, c := range map[string]struct {
		success, failure []ir.Hook
		conditions       int
		control          int
	}{
		"none": {nil, nil, 1, 0}, "success": {hook, nil, 1, 1}, "failure": {nil, hook, 2, 0}, "both": {hook, hook, 1, 1},
	} {
		text, said := withHooks(t, c.success, c.failure, Options{Image: "app:1"})
		exit := part(t, text, onExit)
		if got := strings.Count(exit, "when: "); got != c.conditions || strings.Contains(exit, "template: hooks") != (name != "none") {
			t.Errorf("%s: %d conditions, want %d (%s)\n%s", name, got, c.conditions, said, exit)
		}
		p := pipelineOf(t, chain(&ir.Stub{Common: base("s")}))
		p.OnSuccess, p.OnFailure = c.success, c.failure
		if sum, _ := Summarize(p, Options{Image: "app:1"}); sum.Control != c.control {
			t.Errorf("%s: %d control pods, want %d", name, sum.Control, c.control)
		}
	}
}

// TestHooksThatCannotRun: what a hook lacks is said before anything runs.
func TestHooksThatCannotRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hook ir.Hook
		o    Options
		want string
	}{
		"no image":      {ir.Hook{Command: "true"}, Options{}, "RR1004"},
		"no Secret":     {ir.Hook{Command: "true", Secrets: []ir.Ref{{Name: "TOKEN"}}}, Options{Image: "app:1"}, "RR1007"},
		"no address":    {ir.Hook{WebhookFrom: "HOOK"}, Options{}, "RR1007"},
		"no such names": {ir.Hook{WebhookFrom: "a/b"}, Options{Config: Config{Secret: "s"}}, "RR1007"},
		"no amount":     {ir.Hook{Command: "true"}, Options{Image: "app:1", Config: Config{Defaults: Settings{Resources: PodResources{Limits: Amounts{Memory: "much"}}}}}, "RR1006"},
	} {
		if text, said := withHooks(t, nil, []ir.Hook{c.hook}, c.o); text != "" || !strings.Contains(said, c.want) {
			t.Errorf("%s: want %s, got %s\n%s", name, c.want, said, text)
		}
	}
}

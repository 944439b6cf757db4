package compose

import (
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/ir"
)

// serviceText is a service of a plan, as text.
func serviceText(t *testing.T, plan, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(plan, "\n  "+name+":\n")
	if !ok {
		t.Fatalf("there is no service %s\n%s", name, plan)
	}
	out, _, _ := strings.Cut(rest, "\n\n")
	return out
}

const failsWithHooks = `
dag:
  on_failure:
    - command: "true"
      secrets: [TOKEN]
    - webhook_from: HOOK
  steps:
    hooks: {type: stub}
    after: {type: stub, next: fail}
`

// The hooks have a service of their own in the image of steps that name none, and result waits for it. A step of the
// same name gets another one.
func TestHooks(t *testing.T) {
	t.Parallel()
	o := plain()
	o.Defaults = Settings{Env: []ir.EnvVar{{Name: "HOOK", Value: "http://example.org/"}}, Resources: ir.Resources{Memory: "1Gi", GPU: "1"}}
	text := render(t, failsWithHooks, o)
	hooks := serviceText(t, text, "hooks")
	for _, want := range []string{"image: python:3.12", "TOKEN: null", "HOOK: http://example.org/", `mem_limit: "1g"`, "command: [hooks]", "depends_on: {after: *done}"} {
		if !strings.Contains(hooks, want) {
			t.Errorf("no %q in\n%s", want, hooks)
		}
	}
	if strings.Contains(hooks, "HOOK: null") || strings.Contains(hooks, "devices") {
		t.Errorf("the hooks get what they need not:\n%s", hooks)
	}
	if result := serviceText(t, text, "result"); !strings.Contains(result, "depends_on: {hooks: *done}") {
		t.Errorf("result does not wait:\n%s", result)
	}
	if !strings.Contains(text, "\n  step-hooks-") {
		t.Errorf("the step has no service of its own:\n%s", text)
	}
	o.Version = V2
	if text := render(t, failsWithHooks, o); !strings.Contains(serviceText(t, text, "hooks"), "secrets: [TOKEN]") || !strings.Contains(text, "TOKEN: {environment: TOKEN}") {
		t.Errorf("the secret is not a file:\n%s", text)
	}
}

// Webhooks need no image but the runner's.
func TestWebhooksAlone(t *testing.T) {
	t.Parallel()
	text := render(t, "dag:\n  on_success: [{webhook_from: HOOK}]\n  steps: {a: {type: stub}}\n", Options{RunnerImage: "runner:1"})
	if hooks := serviceText(t, text, "hooks"); !strings.Contains(hooks, "image: runner:1") || !strings.Contains(hooks, "HOOK: null") {
		t.Errorf("the hooks run in\n%s", hooks)
	}
}

// What hooks lack is said before anything runs.
func TestHooksThatCannotRun(t *testing.T) {
	t.Parallel()
	for hook, code := range map[string]string{"exit 1": codeNoImage, "{webhook_from: a-b}": codeSecretName} {
		p := parse(t, "dag:\n  on_success: ["+hook+"]\n  steps: {a: {type: stub}}\n")
		files, list := Render(p, Options{RunnerImage: "runner:1"})
		if codes := errorCodes(list); files != nil || len(codes) != 1 || codes[0] != code {
			t.Errorf("%s: %v, want %s", hook, list, code)
		}
	}
}

package ir_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/ir"
)

func TestHooksLimit(t *testing.T) {
	t.Parallel()
	const long = time.Duration(math.MaxInt64 / 2)
	for want, hooks := range map[time.Duration][]ir.Hook{
		0:                 {},
		2 * time.Minute:   {{Command: "a", Timeout: time.Minute}, {Command: "b"}, {Webhook: "c", Timeout: 10 * time.Second}},
		90 * time.Second:  {{WebhookFrom: "a"}},
		math.MaxInt64:     {{Webhook: "a", Timeout: long}},
		math.MaxInt64 - 1: {{Command: "a", Timeout: long}, {Command: "b", Timeout: long}},
	} {
		if got := ir.HooksLimit(hooks); got != want {
			t.Errorf("%v: %v, want %v", hooks, got, want)
		}
	}
	if got := ir.HooksLimit([]ir.Hook{{Command: "a", Timeout: long}, {Command: "b", Timeout: long}, {Command: "c"}}); got != math.MaxInt64 {
		t.Errorf("got %v", got)
	}
}

func TestHookSecrets(t *testing.T) {
	t.Parallel()
	hooks := []ir.Hook{{Command: "a", Secrets: []ir.Ref{{Name: "B"}, {Name: "A"}}}, {WebhookFrom: "URL"}, {Command: "b", Secrets: []ir.Ref{{Name: "A"}}}}
	if got := ir.HookSecrets(hooks); !slices.Equal(got, []string{"B", "A", "URL"}) {
		t.Errorf("got %v", got)
	}
}

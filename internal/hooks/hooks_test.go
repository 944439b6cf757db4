package hooks_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/hooks"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/ir"
)

// after runs the hooks of a run that came to a status.
func after(t *testing.T, status engine.Status, secrets map[string]string, list ...ir.Hook) []engine.HookResult {
	t.Helper()
	from := step.MapSecrets(secrets, "a test")
	rt := step.New(step.Options{Definition: t.TempDir(), Secrets: from})
	t.Cleanup(func() { _ = rt.Close() })
	p := &ir.Pipeline{Name: "p", OnFailure: list}
	if status == engine.Success {
		p.OnSuccess, p.OnFailure = list, []ir.Hook{{Command: "exit 1"}}
	}
	out, err := hooks.Run(t.Context(), hooks.Options{
		Pipeline: p, Summary: &runs.Summary{RunID: "r", Pipeline: "p", Status: status}, Runtime: rt, Secrets: from, Dir: t.TempDir(),
		Environ: []string{"FROM_ENV=http://user:hidden@127.0.0.1:1/x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A webhook gets the summary by POST, and is tried again where that may help.
func TestWebhook(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []int // one after the other
		ok      bool
		message string
	}{
		"fine":              {[]int{204}, true, ""},
		"better the second": {[]int{503, 200}, true, ""},
		"refused":           {[]int{404}, false, "404"},
		"never well":        {[]int{500, 500, 500}, false, "500"},
		"moved":             {[]int{302}, false, "302"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n := int(calls.Add(1)) - 1
				body, _ := io.ReadAll(r.Body)
				var sum struct {
					RunID string `json:"run_id"`
				}
				if json.Unmarshal(body, &sum) != nil || sum.RunID != "r" || r.Method != http.MethodPost || r.Header.Get("X-Runnable-Status") != "FAIL" {
					t.Errorf("%s %v %s", r.Method, r.Header, body)
				}
				w.WriteHeader(c.answers[min(n, len(c.answers)-1)])
			}))
			defer s.Close()
			out := after(t, engine.Failed, map[string]string{"HOOK": s.URL}, ir.Hook{WebhookFrom: "HOOK"})
			if len(out) != 1 || out[0].OK != c.ok || !strings.Contains(out[0].Message, c.message) {
				t.Errorf("got %+v", out)
			}
			if n := int(calls.Load()); n != len(c.answers) {
				t.Errorf("%d requests, want %d", n, len(c.answers))
			}
		})
	}
}

// A server that does not answer is given up after the time limit, and no message shows a URL that may be secret.
func TestWebhookTells(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer s.Close()
	defer close(hang)
	out := after(t, engine.Success, map[string]string{"HOOK": s.URL + "/secret", "BAD": "no url: secret"},
		ir.Hook{WebhookFrom: "HOOK", Timeout: 20 * time.Millisecond}, ir.Hook{WebhookFrom: "FROM_ENV"}, ir.Hook{WebhookFrom: "BAD"}, ir.Hook{WebhookFrom: "NONE"})
	for i, want := range []string{"no answer within 20ms", "connection refused", "webhook_from BAD: what it holds is not an http or https URL", "set neither in a test nor in the environment"} {
		if out[i].OK || !strings.Contains(out[i].Message, want) || strings.Contains(out[i].Message, "secret") || strings.Contains(out[i].Message, "hidden") || strings.Contains(out[i].Message, "127.0.0.1") {
			t.Errorf("hook %d: got %+v, want %q", i+1, out[i], want)
		}
	}
}

package argo

import (
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/ir"
)

// A pod that steps share has what the composite says for Argo, and the steps in it keep their own retries.
func TestSharedPods(t *testing.T) {
	t.Parallel()
	limit := 3
	gpu := Settings{Image: "gpu:1", Resources: PodResources{Requests: Amounts{Memory: "8Gi"}}}
	overridden := func() ir.Node {
		n := shared(par("p", chain(sh("a")), chain(sh("b"))))
		n.Base().Image, n.Base().Overrides = "general:1", []ir.Override{{Executor: "argo", Key: "gpu"}}
		return n
	}
	retried := func() ir.Node {
		x := sh("a")
		x.Retry.Limit = 1
		return shared(par("p", chain(x)))
	}
	for name, c := range map[string]struct {
		n      ir.Node
		config Config
		want   []string
		said   string
	}{
		"the composite's override": {overridden(), Config{Overrides: map[string]Settings{"gpu": gpu}}, []string{"image: gpu:1", `memory: "16Gi"`}, ""},
		"a parallelism":            {shared(par("p", chain(sh("a")), chain(sh("b")))), Config{Defaults: Settings{Parallelism: 1}}, []string{"name: RUNNABLE_WORKERS\n        value: \"1\""}, ""},
		"a retry of the configuration": {retried(), Config{Defaults: Settings{Retry: &RetryStrategy{Limit: &limit, Policy: "Always"}}},
			[]string{"expression: \"lastRetry.status == 'Error'", `limit: "3"`}, "RR1022"},
	} {
		files, list := Render(pipelineOf(t, chain(c.n)), Options{Image: "x:1", Config: c.config})
		if list.HasErrors() || !strings.Contains(messages(list), c.said) {
			t.Errorf("%s: %s", name, messages(list))
		}
		for _, want := range c.want {
			if !strings.Contains(string(files[SingleFile]), want) {
				t.Errorf("%s: no %q in\n%s", name, want, files[SingleFile])
			}
		}
	}
	slow := sh("slow")
	slow.Timeout = 48 * time.Hour
	if _, list := Render(pipelineOf(t, chain(shared(par("p", chain(slow))))), Options{Image: "x:1"}); !strings.Contains(messages(list), "RR1025") {
		t.Errorf("a time limit beyond the workflow's: %s", messages(list))
	}
	reduced, inside := mapOf("m", chain(sh("s"))), sh("o")
	reduced.Reducer, inside.Image = "steps.merge", "other:1"
	if _, list := Render(pipelineOf(t, chain(shared(par("p", chain(reduced), chain(inside))))), Options{Image: "x:1"}); !strings.Contains(messages(list), "RR1026") {
		t.Errorf("a reducer in another image: %s", messages(list))
	}
}

// The way out that a message names is one that there is: the pipeline has no overrides.
func TestSettingsInAPipelineOfOnePod(t *testing.T) {
	t.Parallel()
	x := sh("a")
	x.Overrides = []ir.Override{{Executor: "argo", Key: "big"}}
	p := pipelineOf(t, chain(x))
	p.Pods.Name = ir.OnePod
	_, list := Render(p, Options{Image: "x:1", ConfigFile: "c.yaml", Config: Config{Overrides: map[string]Settings{"big": {}}}})
	if said := messages(list); !strings.Contains(said, "set them in defaults of c.yaml, or leave out pods: one") {
		t.Error(said)
	}
}

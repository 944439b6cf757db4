package compose_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/backends/compose"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

func TestDecodeConfig(t *testing.T) {
	t.Parallel()
	at := func(pointer string) diag.Span { return diag.Span{File: pointer} }
	defaults, overrides, list := compose.DecodeConfig([]byte(`{"image": "a:1", "env": {"N": 1, "A": "x"}, "overrides": {"big": {"resources": {"cpu": 2, "memory": "1Gi"}, "pull_policy": "never"}}}`), at)
	if len(list) > 0 {
		t.Fatal(list)
	}
	want := compose.Settings{Image: "a:1", Env: []ir.EnvVar{{Name: "A", Value: "x"}, {Name: "N", Value: "1"}}}
	if diff := cmp.Diff(want, defaults); diff != "" {
		t.Error(diff)
	}
	big := map[string]compose.Settings{"big": {Resources: ir.Resources{CPU: "2", Memory: "1Gi"}, PullPolicy: "never"}}
	if diff := cmp.Diff(big, overrides); diff != "" {
		t.Error(diff)
	}
	for text, part := range map[string]string{
		`{"imagee": "a"}`:                                     `unknown key "imagee"`,
		`{"overrides": {"x": {"resource": {}}}}`:              `unknown key "resource" in x`,
		`{"image": ["a"]}`:                                    "image must be a text",
		`{"env": "A=1"}`:                                      "env must be a mapping",
		`{"env": {"A=B": 1}}`:                                 `"A=B" is the name of no variable`,
		`{"env": {"RUNNABLE_IMAGE": "x"}}`:                    "RUNNABLE_IMAGE is a variable that the runner",
		`{"resources": {"memory": 512}}`:                      "memory 512 is 512 bytes; did you mean 512Mi?",
		`{"overrides": {"x": {"resources": {"cpu": "500"}}}}`: "cpu 500 is 500 whole cores",
		`{"pull_policy": "sometimes"}`:                        "want always, never",
		`{"overrides": {"x": {"resources": "2"}}}`:            "resources must be a mapping",
	} {
		_, _, list := compose.DecodeConfig([]byte(text), at)
		if !list.HasErrors() || !strings.Contains(list[0].Message, part) {
			t.Errorf("%s: %v, want %s", text, list, part)
		}
	}
}

package compose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

func decoded(t *testing.T, text string) (Options, diag.List) {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	d := &declared{}
	list := target.Decode(d, "c.yaml", "compose", &n)
	return d.options(), list
}

func TestConfig(t *testing.T) {
	t.Parallel()
	got, list := decoded(t, `{"image": "a:1", "env": {"N": 1, "A": "x"}, "overrides": {"big": {"resources": {"cpu": 2, "memory": "1Gi"}, "pull_policy": "never"}}}`)
	if len(list) > 0 {
		t.Fatal(list)
	}
	want := Settings{Image: "a:1", Env: []ir.EnvVar{{Name: "A", Value: "x"}, {Name: "N", Value: "1"}}}
	if diff := cmp.Diff(want, got.Defaults); diff != "" {
		t.Error(diff)
	}
	big := map[string]Settings{"big": {Resources: ir.Resources{CPU: "2", Memory: "1Gi"}, PullPolicy: "never"}}
	if diff := cmp.Diff(big, got.Overrides); diff != "" {
		t.Error(diff)
	}
	for text, part := range map[string]string{
		`{"imagee": "a"}`:                                     `unknown key "imagee" in compose; did you mean "image"?`,
		`{"overrides": {"x": {"resource": {}}}}`:              `unknown key "resource" in overrides.x`,
		`{"image": ["a"]}`:                                    `"image" must be a text`,
		`{"env": "A=1"}`:                                      `"env" must be a mapping`,
		`{"env": {"A=B": 1}}`:                                 `"a key of env" must be the name of a variable`,
		`{"env": {"RUNNABLE_IMAGE": "x"}}`:                    "none that the runner in a container reads",
		`{"resources": {"memory": 512}}`:                      `"memory" is 512 bytes; did you mean 512Mi?`,
		`{"overrides": {"x": {"resources": {"cpu": "500"}}}}`: `"cpu" is 500 whole cores`,
		`{"pull_policy": "sometimes"}`:                        `"pull_policy" must be always, never, missing or build, not "sometimes"`,
		`{"overrides": {"x": {"resources": "2"}}}`:            `"resources" must be a mapping`,
	} {
		_, list := decoded(t, text)
		if !list.HasErrors() || list[0].Code != codeConfig && list[0].Code != ir.CodeImplausible || list[0].Span.Line != 1 || !strings.Contains(list[0].Message, part) {
			t.Errorf("%s: %v, want %s", text, list, part)
		}
	}
}

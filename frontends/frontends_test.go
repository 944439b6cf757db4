package frontends

import (
	"slices"
	"testing"
)

func TestParseChoosesByExtension(t *testing.T) {
	t.Parallel()
	src := []byte("dag:\n  steps:\n    a: {type: stub}\n")
	for _, file := range []string{"pipeline.yaml", "dir.d/pipeline.yml", "PIPELINE.YAML"} {
		p, list := Parse(file, src)
		if p == nil || len(list) > 0 {
			t.Fatalf("%s: %v", file, list)
		}
		if got := p.Graph.Nodes[0].Base().Span.File; got != file {
			t.Errorf("places of %s are in %q", file, got)
		}
	}
	for _, file := range []string{"pipeline.toml", "pipeline", "yaml", ""} {
		p, list := Parse(file, src)
		if p != nil || len(list) != 1 || list[0].Code != "RR0014" {
			t.Errorf("%q: %v, %v", file, p, list)
		}
	}
}

func TestNoExtensionTwice(t *testing.T) {
	t.Parallel()
	var seen []string
	for _, f := range All() {
		for _, e := range f.Extensions {
			if slices.Contains(seen, e) {
				t.Errorf("two frontends read %s", e)
			}
			seen = append(seen, e)
		}
	}
}

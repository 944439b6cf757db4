package diff_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/internal/check"
	"github.com/runnable-render/runnable-render/internal/diff"
	"github.com/runnable-render/runnable-render/ir"
)

// TestCorpus compares definitions that were changed by hand. What is expected of each is all that is found.
func TestCorpus(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := strings.Split(string(text), "\n=== ")[1:]
	if len(cases) < 49 {
		t.Errorf("%d cases", len(cases))
	}
	for _, one := range cases {
		title, rest, _ := strings.Cut(one, "\n")
		before, rest, _ := strings.Cut(rest, "\n---\n")
		after, want, _ := strings.Cut(rest, "\n---")
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			c := diff.Compare(steps(t, before), steps(t, after))
			var got []string
			semantic := false
			for _, change := range c.Changes {
				got = append(got, fmt.Sprintf("%s %s %s", change.Class, change.Kind, change.Path))
				semantic = semantic || change.Class != diff.Cosmetic
			}
			var lines []string
			for _, line := range strings.Split(want, "\n") {
				if line = strings.TrimSpace(strings.TrimPrefix(line, "--- ")); line != "" {
					lines = append(lines, line)
				}
			}
			if d := cmp.Diff(slices.Sorted(slices.Values(lines)), slices.Sorted(slices.Values(got))); d != "" {
				t.Errorf("(-want +got)\n%s%+v", d, c.Changes)
			}
			if semantic == c.Equal() {
				t.Errorf("equal: %v, with %d changes", c.Equal(), len(c.Changes))
			}
		})
	}
}

// steps is the pipeline of some steps; a last line start_at=NAME says where they begin.
func steps(t *testing.T, text string) *ir.Pipeline {
	t.Helper()
	head := "dag:\n"
	if body, start, ok := strings.Cut(text, "\nstart_at="); ok {
		text, head = body, head+"  start_at: "+strings.TrimSpace(start)+"\n"
	}
	return parsed(t, head+"  steps:\n    "+strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")+"\n")
}

func parsed(t *testing.T, text string) *ir.Pipeline {
	t.Helper()
	p, list := yamldef.Parse("pipeline.yaml", []byte(text))
	if p != nil {
		p.Name = "p"
		list = append(list, check.Check(p, check.Options{Read: list}).Diags...)
	}
	if list.HasErrors() {
		t.Fatalf("%s\n%v", text, list)
	}
	return p
}

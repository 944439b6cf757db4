package golden

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/ir"
)

var (
	fenced = regexp.MustCompile("(?s)```yaml\n(.*?)```")
	quoted = regexp.MustCompile("`([a-z]+(?:-[a-z]+)+)`")
)

// TestDefineExamples checks every example of docs/define.md without an error or a warning. One without `dag:` shows
// steps alone.
func TestDefineExamples(t *testing.T) {
	t.Parallel()
	page := readPage(t)
	examples := fenced.FindAllStringSubmatch(page, -1)
	if len(examples) < 10 {
		t.Fatalf("%d examples", len(examples))
	}
	beside := project.Find("nested-pipelines/define.yaml", "nested-pipelines") // whose files the examples use
	for i, example := range examples {
		text := example[1]
		if !strings.HasPrefix(text, "dag:") {
			text = "dag:\n  steps:\n    " + strings.ReplaceAll(text, "\n", "\n    ")
		}
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			read := frontends.Read(t.Context(), "define.yaml", []byte(text), frontends.Options{Layout: beside})
			p, list := read.Pipeline, read.Diags
			if !list.HasErrors() {
				p.Name = "define"
				list = append(list, ir.Check(p)...)
				list = append(list, engine.Check(p)...)
			}
			if len(list) > 0 {
				t.Errorf("%s\n%s", text, printed(t, list, map[string][]byte{"define.yaml": []byte(text)}))
			}
		})
	}
}

// TestDefineCases checks that the cases that docs/define.md names are there.
func TestDefineCases(t *testing.T) {
	t.Parallel()
	named := 0
	for _, line := range strings.Split(readPage(t), "\n\n") {
		_, list, ok := strings.Cut(line, "Case")
		if !ok {
			continue
		}
		for _, name := range quoted.FindAllStringSubmatch(list, -1) {
			named++
			if _, err := os.Stat(name[1] + "/expect.yaml"); err != nil {
				t.Errorf("there is no case %s", name[1])
			}
		}
	}
	if named < 20 {
		t.Errorf("%d cases named", named)
	}
}

func readPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/define.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

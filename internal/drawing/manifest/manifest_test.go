package manifest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/drawing/manifest"
)

// Everything that the targets render can be drawn.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"argo.yaml", "compose.yaml"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "..", "golden", "*", name))
		if err != nil || len(files) < 40 {
			t.Fatalf("%d golden files, %v", len(files), err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d, err := manifest.Read(text); err != nil {
				t.Errorf("%s: %v", file, err)
			} else if len(d.Nodes) == 0 && !strings.Contains(file, "no-steps") && !strings.Contains(file, "starts-at-fail") {
				t.Errorf("%s: nothing is drawn", file)
			}
		}
	}
}

func TestArgo(t *testing.T) {
	t.Parallel()
	d, err := manifest.Read([]byte(`
kind: Workflow
spec:
  entrypoint: main
  templates:
  - name: main
    dag:
      tasks:
      # shell: true
      - {name: a, template: pod}
      - {name: mend, template: pod, depends: a.Failed || a.Errored}
      - {name: in, template: turn, depends: (a.Succeeded || mend.Succeeded) && (a.Omitted || !a.Omitted)}
  - name: turn
    dag: {tasks: [{name: body, template: pod, withParam: "{{x}}"}, {name: next, template: turn, depends: body.Succeeded}]}
  - name: pod
    container: {image: i}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := `flowchart TD
  n0["a"]
  n1["mend"]
  subgraph n2["in (dag)"]
    subgraph n3["each"]
      n4["body ×n"]
      n5["next"]
      n4 --> n5
    end
  end
  n0 -. on failure .-> n1
  n0 --> n2
  n1 --> n2
`
	if got := d.Mermaid(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if a, next := d.Nodes[0], d.Nodes[2].Groups[0].Diagram.Nodes[1]; a.Detail != "shell: true" || next.Kind != "again" {
		t.Errorf("got %q, %q", a.Detail, next.Kind)
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: b": "neither a Workflow nor a compose plan",
		"spec: {entrypoint: x, templates: [{name: y}]}":                                                     `entrypoint names the template "x"`,
		"spec: {entrypoint: x, templates: [{name: x, dag: {tasks: [{name: t, template: z}]}}]}":             `task t names the template "z"`,
		"services: {a: {depends_on: [b]}}":                                                                  `depends_on of a names the service "b"`,
		"spec: {entrypoint: x, templates: [{name: x, dag: {tasks: [{name: t, template: x, depends: u}]}}]}": `depends of t names the task "u"`,
	} {
		if _, err := manifest.Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

package drawing_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/internal/drawing"
	"github.com/runnable-render/runnable-render/ir"
)

func diagram(t *testing.T, steps string) *drawing.Diagram {
	t.Helper()
	p, list := yamldef.Parse("p.yaml", []byte("dag:\n  steps:\n"+steps))
	if list = append(list, ir.Check(p)...); list.HasErrors() {
		t.Fatal(list)
	}
	return drawing.Of(p)
}

const nested = `
    load: {type: task, command_type: shell, command: "echo <b>", returns: [{name: xs}, {name: m, kind: metric}], retry: {limit: 2}, on_failure: mend}
    all:
      type: map
      iterate_on: xs
      iterate_as: x
      branch:
        steps:
          which:
            type: conditional
            parameter: x
            branches:
              '1': {steps: {one: {type: stub}}}
              '2': {steps: {two: {type: stub}}}
    mend: {type: stub, next: fail}
`

// A picture is well-formed XML, holds every name, and is the same each time.
func TestSVG(t *testing.T) {
	t.Parallel()
	svg := diagram(t, nested).SVG(drawing.SVGOptions{Title: "a & b"})
	if again := diagram(t, nested).SVG(drawing.SVGOptions{Title: "a & b"}); again != svg {
		t.Error("another picture the second time")
	}
	wellFormed(t, svg)
	for _, want := range []string{"<title>a &amp; b</title>", ">load</text>", ">all</text>", ">which</text>", ">one</text>", ">two</text>", "echo &lt;b&gt;", "edge failure"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%q is missing in\n%s", want, svg)
		}
	}
	folded := diagram(t, nested).SVG(drawing.SVGOptions{Depth: 1})
	if !strings.Contains(folded, ">which</text>") || strings.Contains(folded, ">one</text>") {
		t.Error("depth 1 shows what is inside the map, and not what is inside that")
	}
}

// Names and commands are text, whatever they hold.
func TestSVGOfHostileNames(t *testing.T) {
	t.Parallel()
	d := &drawing.Diagram{Nodes: []drawing.Node{{
		Path: `"><script>alert(1)</script>`, Name: `<script>alert("x")</script>`, Kind: "'>", Detail: "\x00\x1b[31m\xff]]>&amp;<!--",
		Groups: []drawing.Group{{Name: "g", Title: "</text><script>", Diagram: &drawing.Diagram{}}},
	}}}
	svg := d.SVG(drawing.SVGOptions{Title: "</title><script>"})
	wellFormed(t, svg)
	if strings.Contains(svg, "<script") {
		t.Error(svg)
	}
}

func wellFormed(t *testing.T, text string) {
	t.Helper()
	for dec := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
	}
}

// What stands between the same steps is one node that unfolds.
func TestBundled(t *testing.T) {
	t.Parallel()
	var steps strings.Builder
	steps.WriteString("    first: {type: stub, needs: []}\n")
	for i := range 200 {
		fmt.Fprintf(&steps, "    w%d: {type: stub, needs: [first]}\n", i)
	}
	steps.WriteString("    last: {type: stub, needs: [")
	for i := range 200 {
		fmt.Fprintf(&steps, "w%d, ", i)
	}
	steps.WriteString("]}\n")
	d := diagram(t, steps.String())
	b := d.Bundled()
	if len(d.Nodes) != 202 || len(b.Nodes) != 3 || len(b.Edges) != 2 {
		t.Fatalf("%d nodes become %d with %d edges", len(d.Nodes), len(b.Nodes), len(b.Edges))
	}
	if n := b.Nodes[1]; n.Kind != "bundle" || n.Name != "w0 … w199" || n.Groups[0].Diagram.Nodes[7].Path != "w7" {
		t.Errorf("got %+v", n)
	}
	wellFormed(t, b.SVG(drawing.SVGOptions{}))
}

// All that a definition says of a step is a fact of its node.
func TestFacts(t *testing.T) {
	t.Parallel()
	d := diagram(t, `
    train:
      type: task
      command: steps.train
      inputs: {data: frame, rate: {value: 0.1}, both: [a, b]}
      returns: [{name: model, kind: object}, {name: loss, kind: metric}]
      secrets: [TOKEN]
      catalog: {get: ["*.csv"], put: [model.bin]}
      retry: {limit: 2, backoff: {duration: 5s}, on: [oom]}
      timeout: 1m
      env: {A: "1"}
      image: i:1
      resources: {cpu: 500m, gpu: "1"}
      on_failure: success
`)
	var got []string
	for _, f := range d.Nodes[0].Facts {
		got = append(got, f.Label+": "+f.Text)
	}
	want := []string{
		"command: steps.train", "inputs: data = frame, rate = 0.1, both = [a, b]", "returns: model (object), loss (metric)", "secrets: TOKEN",
		"gets files: *.csv", "puts files: model.bin", "retry: 3 attempts, after 5s, on oom", "timeout: 1m0s", "image: i:1", "resources: cpu 500m, gpu 1",
		"environment: A=1", "on failure: success",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

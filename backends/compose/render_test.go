package compose

import (
	"encoding/json"
	"testing"

	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// parse reads a definition that must be free of errors.
func parse(t testing.TB, src string) *ir.Pipeline {
	t.Helper()
	p, list := yamldef.Parse("pipeline.yaml", []byte(src))
	if p != nil {
		if p.Name == "" {
			p.Name = "test"
		}
		list = append(list, ir.Check(p)...)
	}
	if list.HasErrors() {
		t.Fatalf("%v\n%s", list, src)
	}
	return p
}

// plain are options under which most pipelines render.
func plain(params ...Parameter) Options {
	return Options{Image: "python:3.12", RunnerImage: "runner:1", Parameters: params, Source: "pipeline.yaml"}
}

func param(name, value string) Parameter { return Parameter{name, json.RawMessage(value)} }

// render renders a definition that compose can express.
func render(t testing.TB, src string, o Options) string {
	t.Helper()
	files, list := Render(parse(t, src), o)
	if list.HasErrors() {
		t.Fatal(list)
	}
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	return string(files[FileName])
}

func errorCodes(list diag.List) []string {
	var codes []string
	for _, d := range list {
		codes = append(codes, d.Code)
	}
	return codes
}

package golang_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/frontends/golang"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
)

const head = `package main

import (
	"context"

	"github.com/runnable-render/runnable-render/pipeline"
)

var _ = context.Background
`

// TestMain keeps the programs of these tests out of the user's cache, but not what go build keeps there.
func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	gocache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		panic(err)
	}
	cache, err := os.MkdirTemp("", "golang-test-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(cache)
	os.Setenv("GOCACHE", strings.TrimSpace(string(gocache)))
	os.Setenv("XDG_CACHE_HOME", cache)
	return m.Run()
}

// write makes a package in a folder of this module, so that it can import package pipeline.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := os.MkdirTemp("testdata", "case-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// One pipeline, in YAML and in Go with a function as a step and in two files, has one dump.
func TestSameAsYAML(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{
		"pipeline.go": head + `
func main() {
	pipeline.Main(pipeline.New("p", pipeline.Go(double).Retry(1), pipeline.Plugin("ask", "sql", "select 1", map[string]any{"db": "x"})))
}
`,
		"steps.go": `package main

import "context"

type in struct{ N int }

type out struct {
	N int ` + "`param:\"n,metric\"`" + `
}

func double(_ context.Context, i in) (out, error) { return out{2 * i.N}, nil }
`})
	want, list := yamldef.Parse("p.yaml", []byte(`dag:
  name: p
  steps:
    double: {type: task, command_type: go, command: double, returns: [{name: n, kind: metric}], retry: {limit: 1}}
    ask: {type: task, command_type: sql, command: select 1, db: x}
`))
	if list = append(list, ir.Check(want)...); list.HasErrors() {
		t.Fatal(list)
	}
	for _, file := range []string{filepath.Join(dir, "pipeline.go"), dir} {
		got, list := golang.Parse(t.Context(), file)
		if got == nil {
			t.Fatal(list)
		}
		if list = append(list, ir.Check(got)...); list.HasErrors() {
			t.Fatal(list)
		}
		if diff := cmp.Diff(ir.Dump(want), ir.Dump(got)); diff != "" {
			t.Errorf("the graph differs (-YAML +Go):\n%s", diff)
		}
		at := got.Graph.Nodes[0].Base().Span
		if place := fmt.Sprintf("%s:%d", at.File, at.Line); place != filepath.ToSlash(filepath.Join(dir, "pipeline.go"))+":12" {
			t.Errorf("the step is at %s", place)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		text  string
		code  string
		place string // file:line of the case's folder
		want  string
	}{
		{"syntax", "package main\n\nfunc main( {\n", "RR0016", "pipeline.go:3", "syntax error"},
		{"type", head + "\nfunc main() { pipeline.Main(pipeline.New(3)) }\n", "RR0016", "pipeline.go:11", "cannot use 3"},
		{"wrong function", head + "\nfunc f(context.Context, int) int { return 0 }\n\nfunc main() { pipeline.Main(pipeline.New(\"x\", pipeline.Go(f))) }\n", "RR0016", "pipeline.go:13", "func(context.Context, int) int"},
		{"too few names", head + "\nfunc f(context.Context, int, int) (int, error) { return 0, nil }\n\nfunc main() { pipeline.Main(pipeline.New(\"x\", pipeline.Go2(f, \"a\"))) }\n", "RR0016", "pipeline.go:13", "not enough arguments in call to pipeline.Go2"},
		{"unknown step", head + "\nfunc main() { pipeline.Main(pipeline.New(\"x\", pipeline.Shelf(\"a\"))) }\n", "RR0016", "pipeline.go:11", "undefined: pipeline.Shelf"},
		{"no program", "package steps\n", "RR0016", "pipeline.go", "must be main"},
		{"silent", "package main\n\nfunc main() {}\n", "RR0017", "pipeline.go", "ended without an answer"},
		{"ends", "package main\n\nimport \"log\"\n\nfunc main() { log.Fatal(\"no database\") }\n", "RR0017", "pipeline.go", "no database"},
		{"definition", head + "\nfunc main() {\n\tpipeline.Main(pipeline.New(\"x\",\n\t\tpipeline.Plugin(\"a\", \"shell\", \"\", nil)))\n}\n", "RR0019", "pipeline.go:13", "built-in"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, map[string]string{"pipeline.go": tt.text})
			p, list := golang.Parse(t.Context(), filepath.Join(dir, "pipeline.go"))
			if p != nil || !list.HasErrors() {
				t.Fatal("it has no errors")
			}
			place := strings.TrimSuffix(fmt.Sprintf("%s:%d", list[0].Span.File, list[0].Span.Line), ":0")
			if list[0].Code != tt.code || place != filepath.ToSlash(filepath.Join(dir, tt.place)) || !strings.Contains(list[0].Message, tt.want) {
				t.Errorf("got %s: %s [%s]\nwant %s: %s [%s]", place, list[0].Message, list[0].Code, tt.place, tt.want, tt.code)
			}
		})
	}
}

// A file that says so is built alone.
func TestFileAlone(t *testing.T) {
	t.Parallel()
	program := "//go:build ignore\n\n" + head + "\nfunc main() { pipeline.Main(pipeline.New(%q)) }\n"
	dir := write(t, map[string]string{"one.go": fmt.Sprintf(program, "one"), "two.go": fmt.Sprintf(program, "two")})
	for _, name := range []string{"one", "two"} {
		p, list := golang.Parse(t.Context(), filepath.Join(dir, name+".go"))
		if p == nil || p.Name != name {
			t.Errorf("%s.go: %v, %v", name, p, list)
		}
	}
}

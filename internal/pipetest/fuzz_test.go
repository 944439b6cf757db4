package pipetest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/pipetest"
)

// FuzzTests reads any text as a test file and runs its cases: every refusal has a place, and nothing panics.
func FuzzTests(f *testing.F) {
	for _, pattern := range []string{"testdata/constructs/*.txtar", "testdata/errors/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatal(pattern, err)
		}
		for _, file := range files {
			a, err := txtar.ParseFile(file)
			if err != nil {
				f.Fatal(err)
			}
			for _, given := range a.Files {
				if given.Name == "case.test.yaml" {
					f.Add(given.Data)
				}
			}
		}
	}
	const definition = "testdata/bench/pipeline.yaml"
	text, err := os.ReadFile(definition)
	if err != nil {
		f.Fatal(err)
	}
	p := pipeline(f, definition, text)
	f.Fuzz(func(t *testing.T, src []byte) {
		file, list := pipetest.Parse("f.test.yaml", src)
		if file != nil && !list.HasErrors() {
			list = append(list, file.Check(p)...)
		}
		for _, d := range list {
			if d.Span.Line < 1 || d.Message == "" {
				t.Fatalf("%+v", d)
			}
		}
		if list.HasErrors() {
			return
		}
		for i := range file.Cases {
			initial, problems := file.Initial(&file.Cases[i], params.Sources{})
			if problems.HasErrors() {
				continue
			}
			pipetest.NewCoverage(p).Add(file.Run(t.Context(), p, &file.Cases[i], initial))
		}
	})
}

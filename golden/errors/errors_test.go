// Package errors_test holds every broken definition against the whole text that is said of it.
package errors_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/runnable-render/runnable-render/backends"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/internal/cases"
	"github.com/runnable-render/runnable-render/internal/check"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/ir/diag"
)

var update = flag.Bool("update", false, "rewrite what the cases want")

// TestErrors compares the whole text of the diagnostics of each broken definition, <code>_<topic>.txtar. A definition
// named *.quoted is written as a Go string, for bytes that a text file cannot hold. Further files of a case are those that the
// definition, which is the first, uses.
func TestErrors(t *testing.T) {
	t.Parallel()
	cases.Run(t, "*.txtar", *update, func(t *testing.T, file string, a *txtar.Archive) string {
		name, text := definition(t, a)
		texts := map[string][]byte{name: text}
		list := diagnose(t.Context(), name, text)
		if given := cases.Given(a); len(given) > 1 {
			dir := t.TempDir()
			for _, f := range given {
				texts[f.Name] = f.Data
				file := filepath.Join(dir, filepath.FromSlash(f.Name))
				if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, f.Data, 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			list = diagnoseIn(t.Context(), project.Find(filepath.Join(dir, name), dir), name, text)
		}
		if code, _, _ := strings.Cut(filepath.Base(file), "_"); !slices.Contains(codes(list), code) {
			t.Errorf("the diagnostics do not hold %s", code)
		}
		var got strings.Builder
		if err := diag.Print(&got, diag.Text, list, texts); err != nil {
			t.Fatal(err)
		}
		return got.String()
	})
}

// TestErrorsOfEveryCode demands a case for each code that a YAML definition can get; RR0350 and above are about
// parameters files and the environment.
func TestErrorsOfEveryCode(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, file := range files {
		code, _, _ := strings.Cut(filepath.Base(file), "_")
		have[code] = true
	}
	for _, c := range diag.Codes() {
		if c.Code < "RR0350" && !have[c.Code] && !slices.Contains(notInYAML(), c.Code) {
			t.Errorf("no file %s_*.txtar: %s", c.Code, c.Title)
		}
	}
}

// TestExamples holds the examples of `explain` that are whole definitions against the code that they are for.
func TestExamples(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, c := range diag.Codes() {
		for _, ex := range []struct {
			text string
			bad  bool
		}{{c.Bad, true}, {c.Good, false}} {
			if c.Code >= "RR0350" || !strings.HasPrefix(ex.text, "dag:") {
				continue
			}
			tried++
			list := diagnose(t.Context(), "pipeline.yaml", []byte(ex.text))
			if slices.Contains(codes(list), c.Code) != ex.bad || !ex.bad && list.HasErrors() {
				t.Errorf("%s: the example (bad: %t)\n%s\ngets %v", c.Code, ex.bad, ex.text, list)
			}
		}
	}
	if tried == 0 {
		t.Error("no example is a whole definition")
	}
}

// notInYAML are the codes of shapes that the YAML frontend never builds, since its keys and types refuse them first.
// Frontends in other languages can: the tests of package ir hold those, and those of frontends/golang what only a Go
// definition or a plugin gets.
func notInYAML() []string {
	return []string{"RR0154", "RR0213", "RR0215", "RR0306", "RR0309", "RR0310", "RR0311", "RR0313", "RR0016", "RR0017", "RR0018", "RR0019"}
}

func codes(list diag.List) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.Code)
	}
	return out
}

// definition returns the first file of a case.
func definition(t *testing.T, a *txtar.Archive) (name string, text []byte) {
	t.Helper()
	for _, f := range cases.Given(a) {
		plain, quoted := strings.CutSuffix(f.Name, ".quoted")
		if !quoted {
			return f.Name, f.Data
		}
		s, err := strconv.Unquote(strings.TrimSpace(string(f.Data)))
		if err != nil {
			t.Fatalf("%s is not a Go string: %v", f.Name, err)
		}
		return plain, []byte(s)
	}
	t.Fatal("the case holds no definition")
	return "", nil
}

// diagnose says all that the commands would say of a definition.
func diagnose(ctx context.Context, name string, text []byte) diag.List {
	return diagnoseIn(ctx, project.Layout{}, name, text)
}

func diagnoseIn(ctx context.Context, l project.Layout, name string, text []byte) diag.List {
	r := frontends.Read(ctx, name, text, frontends.Options{Layout: l})
	p, list := r.Pipeline, r.Diags
	if !list.HasErrors() {
		p.Name = "case"
		list = append(list, check.Check(p, check.Options{}).Diags...)
		list = append(list, target.CheckSteps(p, backends.All(), func(string) bool { return false })...)
	}
	return list.Sorted()
}

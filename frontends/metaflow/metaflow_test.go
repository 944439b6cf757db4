package metaflow_test

import (
	"bytes"
	"flag"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/frontends/metaflow"
	"github.com/runnable-render/runnable-render/internal/cases"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

var update = flag.Bool("update", false, "rewrite what the cases want")

// TestCases reads each archive of testdata: the flow is flow.py, "want" holds its graph or what is said against it. A name
// that begins with a code promises that one.
func TestCases(t *testing.T) {
	t.Parallel()
	cases.Run(t, "testdata/*.txtar", *update, func(t *testing.T, file string, a *txtar.Archive) string {
		got := told(t, a)
		if code, _, _ := strings.Cut(filepath.Base(file), "_"); strings.HasPrefix(code, "RR") && !strings.Contains(got, "["+code+"]") {
			t.Errorf("no %s in\n%s", code, got)
		}
		return got
	})
}

// told returns the graph of an archive's flow, and the diagnostics.
func told(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	dir, texts := cases.Write(t, a)
	r := read(t, dir+"/flow.py", texts)
	var out bytes.Buffer
	if err := diag.Print(&out, diag.Text, r.Diags.Sorted(), texts); err != nil {
		t.Fatal(err)
	}
	if r.Pipeline != nil && !r.Diags.HasErrors() {
		out.WriteString(ir.Dump(r.Pipeline))
	}
	return strings.ReplaceAll(out.String(), dir+"/", "")
}

// read reads a flow and checks its graph.
func read(t *testing.T, file string, texts map[string][]byte) frontends.Result {
	t.Helper()
	r := frontends.Read(t.Context(), file, texts[file], frontends.Options{})
	if r.Pipeline != nil {
		r.Diags = append(r.Diags, ir.Check(r.Pipeline)...)
	}
	return r
}

// remark is what a line of a flow says of the diagnostic that stands there.
var remark = regexp.MustCompile(`# (RR\d+): (.+)`)

// TestRemarks reads the flows of archives: what is said of each is what its lines say in comments, and nothing else.
func TestRemarks(t *testing.T) {
	t.Parallel()
	for archive, a := range cases.Archives(t, "testdata/*/flows.txtar") {
		dir, texts := cases.Write(t, a)
		for _, f := range a.Files {
			if strings.Contains(f.Name, "/") || path.Ext(f.Name) != ".py" {
				continue // what flows import and read
			}
			t.Run(filepath.Base(filepath.Dir(archive))+"/"+f.Name, func(t *testing.T) {
				t.Parallel()
				remarks(t, string(f.Data), read(t, dir+"/"+f.Name, texts).Diags)
			})
		}
	}
}

// remarks holds diagnostics against the comments of a flow's lines.
func remarks(t *testing.T, text string, got diag.List) {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		want := remark.FindStringSubmatch(line)
		if want == nil {
			continue
		}
		at := slices.IndexFunc(got, func(d diag.Diagnostic) bool {
			return d.Code == want[1] && d.Span.Line == i+1 && strings.Contains(d.Message, want[2])
		})
		if at < 0 {
			t.Errorf("line %d: nobody says %s", i+1, want[0])
		} else {
			got = slices.Delete(got, at, at+1)
		}
	}
	if len(got) > 0 {
		t.Errorf("nobody expects %v", got)
	}
}

// TestMatch tells flows from other Python files.
func TestMatch(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"from metaflow import FlowSpec, step\nclass F(FlowSpec):\n    pass\n":                          true,
		"import metaflow\nclass F(metaflow.FlowSpec):\n    pass\n":                                     true,
		"from metaflow import step\nfrom base import Base\nclass F(Base):\n    @step\n":                true,
		"try:\n    import metaflow\nexcept ImportError:\n    raise\nclass F(metaflow.FlowSpec): ...\n": true,
		"from metaflow import Flow\nprint(Flow('F'))\n":                                                false,
		"from runnable import Pipeline\nfrom metaflow import FlowSpec\nclass F(FlowSpec): pass\n":      false,
		"\"\"\"\nfrom metaflow import FlowSpec\nclass F(FlowSpec): pass\n\"\"\"\n":                     false,
		"class F(FlowSpec):\n    pass\n":                                                               false,
	} {
		if got := metaflow.Match("f.py", []byte(text)); got != want {
			t.Errorf("%t for\n%s", got, text)
		}
	}
}

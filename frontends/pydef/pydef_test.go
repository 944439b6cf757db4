package pydef_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/runnable-render/runnable-render/frontends/pydef"
	"github.com/runnable-render/runnable-render/internal/cases"
	"github.com/runnable-render/runnable-render/internal/testvenv"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

var update = flag.Bool("update", false, "rewrite what the cases want")

// TestCases reads each archive of testdata: the definition is pipeline.py, "want" holds its graph or what is said
// against it.
func TestCases(t *testing.T) {
	t.Parallel()
	cases.Run(t, "testdata/*.txtar", *update, func(t *testing.T, _ string, a *txtar.Archive) string { return told(t, a, "") })
}

// TestVersions reads the same definitions with every Python of the machine: graphs are the same, and so is where a wrong
// argument stands. (Other places have columns from Python 3.11 on alone.) One that is too old is told.
func TestVersions(t *testing.T) {
	t.Parallel()
	here, err := testvenv.Interpreters()
	if err != nil {
		t.Fatal(err)
	}
	for _, py := range here {
		t.Run(py.Version, func(t *testing.T) {
			t.Parallel()
			for _, file := range []string{"testdata/every_argument.txtar", "testdata/lazy_modules.txtar", "testdata/RR0507_unknown_argument.txtar"} {
				archive, err := txtar.ParseFile(file)
				if err != nil {
					t.Fatal(err)
				}
				expected := cases.Want(archive)
				if !py.Supported() {
					number := py.Version[:strings.LastIndex(py.Version, ".")]
					expected = "pipeline.py: error: " + py.Path + " is Python " + number + ", and a definition needs Python 3.9 or later; name one with --python [RR0509]\n"
				}
				if diff := cmp.Diff(expected, told(t, archive, py.Path)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", file, diff)
				}
			}
		})
	}
}

// TestTooOld reads a definition with an interpreter that says it is one of before 3.9, on machines that have none.
func TestTooOld(t *testing.T) {
	t.Parallel()
	real, err := exec.LookPath("python3")
	if err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(t.TempDir(), "python3.8")
	script := "#!" + real + `
import os, runpy, sys
sys.version_info = (3, 8, 18)
if sys.argv[1] == "-c":
    print(os.path.abspath(sys.argv[0]))
else:
    sys.executable = "python3.8"
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
`
	if err := os.WriteFile(old, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "pipeline.py")
	if err := os.WriteFile(file, []byte("this = is not Python\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := pydef.Read(context.Background(), file, pydef.Options{Python: old})
	if len(r.Diags) != 1 || r.Diags[0].Code != "RR0509" || r.Diags[0].Message != "python3.8 is Python 3.8, and a definition needs Python 3.9 or later; name one with --python" {
		t.Error(r.Diags)
	}
}

// TestSettings takes what execute() is given.
func TestSettings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "pipeline.py")
	text := "from runnable import Pipeline, Stub\nPipeline(steps=[Stub()]).execute(parameters_file='p.yaml', configuration_file='c.yaml', run_id='r', tag='t')\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	got := pydef.Read(context.Background(), file, pydef.Options{}).Settings
	if diff := cmp.Diff(pydef.Settings{ParametersFile: "p.yaml", ConfigurationFile: "c.yaml", RunID: "r", Tag: "t"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("reading a definition left %v behind", entries)
	}
}

// TestSpans looks at the places of names in the definition.
func TestSpans(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "pipeline.py")
	text := `from runnable import Pipeline, PythonTask, pickled
def train(): ...
é = PythonTask(name="a", function=train, returns=["ü", pickled("model")],
               inputs={"x": "y"}, on_failure="success")
Pipeline(steps=[é]).execute()
`
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	r := pydef.Read(context.Background(), file, pydef.Options{})
	if r.Pipeline == nil {
		t.Fatal(r.Diags)
	}
	task := r.Pipeline.Graph.Nodes[0].(*ir.Task)
	lines := strings.Split(text, "\n")
	for _, c := range []struct {
		want string
		at   diag.Span
	}{
		{`"a"`, task.Span}, {`"ü"`, task.Returns[0].Span}, {`pickled("model")`, task.Returns[1].Span},
		{`"x"`, task.Inputs[0].Span}, {`"success"`, task.OnFailure.Span}, {"Pipeline", r.Pipeline.Span},
	} {
		if got := string([]rune(lines[c.at.Line-1])[c.at.Col-1 : c.at.EndCol-1]); got != c.want {
			t.Errorf("%s points at %s", c.want, got)
		}
	}
	if _, err := irjson.EncodeWithSpans(r.Pipeline); err != nil {
		t.Error(err)
	}
}

// TestInterpreter says what was tried where there is none.
func TestInterpreter(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pipeline.py")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for python, part := range map[string]string{"no-such-python": "no Python: no-such-python", "true": "ended without an answer"} {
		r := pydef.Read(context.Background(), file, pydef.Options{Python: python})
		if len(r.Diags) != 1 || r.Diags[0].Code != "RR0509" || !strings.Contains(r.Diags[0].Message, part) {
			t.Errorf("%s: %v", python, r.Diags)
		}
	}
}

// told returns the graph of an archive's definition, or the diagnostics.
func told(t *testing.T, a *txtar.Archive, python string) string {
	t.Helper()
	dir, texts := cases.Write(t, a)
	r := pydef.Read(context.Background(), dir+"/pipeline.py", pydef.Options{Python: python})
	var out bytes.Buffer
	if r.Pipeline != nil {
		if r.Pipeline.Name == "" {
			r.Pipeline.Name = "case"
		}
		r.Diags = append(r.Diags, ir.Check(r.Pipeline)...)
	}
	if err := diag.Print(&out, diag.Text, r.Diags.Sorted(), texts); err != nil {
		t.Fatal(err)
	}
	if r.Pipeline != nil && !r.Diags.HasErrors() {
		out.WriteString(ir.Dump(r.Pipeline))
	}
	return strings.ReplaceAll(out.String(), dir+"/", "")
}

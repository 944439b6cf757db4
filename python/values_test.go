package python

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/runnable-render/runnable-render/internal/testvenv"
)

var update = flag.Bool("update", false, "rewrite the table of annotations in docs/python.md")

// valuesPython returns a Python with pydantic and all that makes arrays and frames. Without a network: SKIP=pydantic.
var valuesPython = sync.OnceValues(func() (string, error) {
	return testvenv.Make("venv-values-1", "pydantic>=2", "numpy", "pandas", "polars", "pyarrow", "cloudpickle", "dill")
})

func packages(t *testing.T) string {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("SKIP"), ","), "pydantic") {
		t.Skip("SKIP=pydantic")
	}
	py, err := valuesPython()
	if err != nil {
		t.Fatal(err)
	}
	return py
}

func output(t *testing.T, py string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(py, args...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", py, args, err, complaint.Bytes())
	}
	return out
}

func TestArraysAndFramesComeBack(t *testing.T) {
	t.Parallel()
	output(t, packages(t), "testdata/frames.py", ".", t.TempDir())
}

func TestValuesAreThoseOfEachPython(t *testing.T) {
	t.Parallel()
	all, err := testvenv.Interpreters()
	if err != nil {
		t.Fatal(err)
	}
	var first []byte
	for _, i := range all {
		if !i.Supported() {
			continue
		}
		out := output(t, i.Path, "testdata/annotations.py", ".")
		if first == nil {
			first = out
		}
		if !bytes.Equal(out, first) {
			t.Errorf("Python %s:\n%s\nthe oldest:\n%s", i.Version, out, first)
		}
	}
}

// Marks of the table in the page.
const (
	page      = "../docs/python.md"
	tableFrom = "<!-- written by: go test ./python -run Table -update -->\n"
	tableTo   = "<!-- end -->\n"
)

// TestValuesTable holds the table of the page against what comes of the values, and that against pydantic.
func TestValuesTable(t *testing.T) {
	t.Parallel()
	table := table(t, output(t, packages(t), "testdata/annotations.py", ".", "full"))
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), tableFrom)
	old, after, ends := strings.Cut(rest, tableTo)
	if !ok || !ends {
		t.Fatalf("%s has no table", page)
	}
	if *update {
		if err := os.WriteFile(page, []byte(before+tableFrom+table+tableTo+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old != table {
		t.Errorf("%s has\n%s\nwant, which -update writes:\n%s", page, old, table)
	}
}

// table has a row for each annotation.
func table(t *testing.T, lines []byte) string {
	t.Helper()
	type row struct{ takes, refuses []string }
	rows, order := map[string]*row{}, []string{}
	for line := range bytes.Lines(lines) {
		var annotation, value, told string
		var taken, theirs bool
		if err := json.Unmarshal(line, &[]any{&annotation, &value, &taken, &told, &theirs}); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		r := rows[annotation]
		if r == nil {
			r = &row{}
			rows[annotation], order = r, append(order, annotation)
		}
		mark := ""
		if !theirs {
			mark = " *"
		}
		if taken {
			r.takes = append(r.takes, fmt.Sprintf("`%s` → %s%s", value, code(told), mark))
		} else {
			r.refuses = append(r.refuses, fmt.Sprintf("`%s`: %s%s", value, told, mark))
		}
	}
	var b strings.Builder
	b.WriteString("\n| annotation | takes | refuses |\n| --- | --- | --- |\n")
	for _, a := range order {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", code(a), cell(rows[a].takes), cell(rows[a].refuses))
	}
	return b.String() + "\n"
}

func code(text string) string { return "`" + strings.Join(strings.Fields(text), " ") + "`" }

func cell(parts []string) string { return strings.ReplaceAll(strings.Join(parts, "<br>"), "|", "\\|") }

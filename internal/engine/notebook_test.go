package engine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

func TestExecutedNotebook(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ notebook, step, want string }{
		{"report.ipynb", "report", "report-report_out.ipynb"},
		{"./nb/report.ipynb", "m.3.a/b", "nb/report-m.3.a%2Fb_out.ipynb"},
	} {
		if got := engine.ExecutedNotebook(c.notebook, c.step); got != c.want {
			t.Errorf("%s by %s: %s, want %s", c.notebook, c.step, got, c.want)
		}
	}
}

// TestExecutedNotebooks: only what a notebook's own step put under its name is one.
func TestExecutedNotebooks(t *testing.T) {
	t.Parallel()
	body := &ir.Graph{Nodes: []ir.Node{&ir.Task{Common: ir.Common{Name: "nb"}, Command: &ir.Notebook{Path: "a.ipynb"}}}}
	p := &ir.Pipeline{Name: "p", Graph: &ir.Graph{Nodes: []ir.Node{
		&ir.Map{Common: ir.Common{Name: "m"}, IterateOn: ir.Ref{Name: "xs"}, IterateAs: ir.Ref{Name: "x"}, Body: body},
		&ir.Task{Common: ir.Common{Name: "sh"}, Command: &ir.Shell{Script: "true"}},
	}}}
	if list := ir.Check(p); list.HasErrors() {
		t.Fatal(list)
	}
	put := func(path, hash string) engine.File {
		return engine.File{Path: path, Hash: hash, Stage: engine.StagePut}
	}
	got := engine.ExecutedNotebooks(p, []engine.Record{
		{Path: "m.0.nb", Files: []engine.File{put("a-m.0.nb_out.ipynb", "one"), put("plot.png", "two")}},
		{Path: "m.1.nb", Files: []engine.File{put("a-m.1.nb_out.ipynb", "three"), put("a-m.0.nb_out.ipynb", "four")}},
		{Path: "sh", Files: []engine.File{put("a-sh_out.ipynb", "five"), {Path: "a-m.0.nb_out.ipynb", Hash: "six", Stage: engine.StageGet}}},
		{Path: "gone", Files: []engine.File{put("a-gone_out.ipynb", "seven")}},
	})
	if diff := cmp.Diff(map[string]bool{"one": true, "three": true}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

package compose

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// FuzzRender renders steps with any name, script, variable and parameter. What compose-go reads from the plan is, byte
// for byte, what went in, whatever the variables of the machine hold.
func FuzzRender(f *testing.F) {
	for _, s := range append([]string{"a", "${HOME}", "$(id)", "it's", "\"\\\n", "é\u2028😀", "-n", "on", "a\x00b", "<b>", "../x", "#", "\x1b[2J", "$$", "{{x}}", "runner", "begin", "result"}, hostile...) {
		f.Add(s, "echo "+s, s, s)
	}
	f.Fuzz(func(t *testing.T, name, script, value, param string) {
		for _, s := range []string{name, script, value, param} {
			if !utf8.ValidString(s) || len(s) > 4<<10 {
				return // no frontend lets the first through
			}
		}
		if strings.ContainsRune(value, 0) {
			return // no variable can hold it, and the frontends say so
		}
		at := diag.Span{File: "p.yaml", Line: 1, Col: 1}
		step := func(name string) *ir.Task {
			return &ir.Task{Common: ir.Common{Name: name, Span: at, Env: []ir.EnvVar{{Name: "V", Value: value}}}, Command: &ir.Shell{Script: script}}
		}
		p := &ir.Pipeline{Name: "demo", Graph: &ir.Graph{Nodes: []ir.Node{
			step(name), &ir.Parallel{Common: ir.Common{Name: "p", Span: at}, Branches: []ir.Branch{{Name: name, Graph: &ir.Graph{Nodes: []ir.Node{step(name)}}}}},
		}}}
		if ir.Check(p).HasErrors() {
			return
		}
		given, _ := json.Marshal(param)
		files, list := Render(p, plain(Parameter{Name: "q", Value: given}))
		if list.HasErrors() {
			if slices.Contains(errorCodes(list), "RR2010") {
				t.Fatalf("%q: %v", []string{name, script, value, param}, list)
			}
			return
		}
		project := project(t, string(files[FileName]), types.Mapping{"HOME": "wrong", "V": "wrong", "x": "wrong"})
		want, err := irjson.Encode(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := project.Services[beginService].Environment["RUNNABLE_DEFINITION"]; got == nil || *got != string(want) {
			t.Fatalf("got %v\nwant %s", got, want)
		}
		paths := map[string]bool{}
		for _, s := range project.Services {
			if len(s.Command) >= 2 && s.Command[0] == "run" {
				paths[s.Command[1]] = true // its variables travel in the definition
			}
		}
		if len(paths) != 2 || !paths[argument(name)] || !paths["p."+name+"."+name] {
			t.Fatalf("the paths of %q are %v", name, paths)
		}
	})
}

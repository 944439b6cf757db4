package compose

import (
	"fmt"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/ir"
)

// hostile are names that a definition may give to a step or a branch.
var hostile = []string{
	"a b", "a  b", "it's", `say "hi"`, "$HOME", "${X:-y}", "$$", "{{x}}", "{{=1}}", "#x", "x #y", "- a", "-x", "--help", "*a", "&a", "!x",
	"<<", "yes", "no", "n", "null", "~", "12", "1.5e3"[0:1] + "e3", "0x1f", "true", "é", "日本", "😀", "a/b", `a\b`, "a:b", "a: b", ":", "|",
	">", "[x]", "{x}", "@x", "`x`", "x,y", "runner", "begin", "result", "Result", "_", "-", "a-", "a_", "steps", "services", "x-step",
	strings.Repeat("long", 45),
}

func TestHostileNamesTravelAsTheyAre(t *testing.T) {
	t.Parallel()
	p := &ir.Pipeline{Name: `hostile "names" $X`, Description: "# {{x}}\n$y: é", Graph: &ir.Graph{Style: ir.Needs}}
	seen := map[string]bool{}
	for i, name := range hostile {
		if seen[name] {
			t.Fatalf("%q stands twice", name)
		}
		seen[name] = true
		sub := &ir.Graph{Style: ir.Needs, Nodes: []ir.Node{&ir.Task{Common: ir.Common{Name: name}, Command: &ir.Shell{Script: name + "\n$X"}}}}
		if i%2 == 0 {
			p.Graph.Nodes = append(p.Graph.Nodes, sub.Nodes[0])
			continue
		}
		p.Graph.Nodes = append(p.Graph.Nodes, &ir.Parallel{Common: ir.Common{Name: name}, Branches: []ir.Branch{{Name: name, Graph: sub}}})
	}
	if list := ir.Check(p); list.HasErrors() {
		t.Fatal(list)
	}
	files, list := Render(p, plain())
	if list.HasErrors() {
		t.Fatal(list)
	}
	services := project(t, string(files[FileName]), nil).Services
	inFolder(t, files[FileName], services)
	paths := map[string]bool{}
	for name, s := range services {
		if len(s.Command) == 2 && s.Command[0] == "run" {
			paths[strings.Replace(s.Command[1], "%2D", "-", 1)] = true
		}
		for other := range services {
			if strings.HasPrefix(other, name+".") {
				t.Errorf("compose 2 refuses a file with both %s and %s", name, other)
			}
		}
	}
	for i, name := range hostile {
		want := name
		if i%2 == 1 {
			want = strings.Join([]string{name, name, name}, ".")
		}
		if !paths[want] {
			t.Errorf("no service runs %q", want)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	fixed := []string{runnerService, beginService, HooksService, resultService}
	tests := []struct {
		paths []string
		want  string
	}{
		{[]string{"hooks", "hook"}, "step-hooks-"},
		{[]string{"a", "p.x.a", "m.0.b-C_d"}, "a p.x.a m.0.b-C_d"},
		{[]string{"begin", "begin.x.a"}, "step-begin-e6f07d step-begin-x-a-06fe50"},
		{[]string{"a b", "a-b", "a  b"}, "a-b-c8687a a-b a-b-6e12db"},
		{[]string{"é"}, "step-4a99"},
	}
	for _, tt := range tests {
		n := newNamer(tt.paths, fixed...)
		var got []string
		for _, p := range tt.paths {
			got = append(got, n.give(p))
		}
		if s := strings.Join(got, " "); !strings.HasPrefix(s, tt.want) {
			t.Errorf("%q: got %s, want %s", tt.paths, s, tt.want)
		}
	}
	n := newNamer([]string{"m.0.a", "m-done", "m-done.x.y"}, fixed...)
	if got := n.more("m", "reduce"); got != "m-reduce" {
		t.Errorf("reduce is %s", got)
	}
	if got := n.more("m", "done"); !strings.HasPrefix(got, "m-done-") {
		t.Errorf("done is %s", got)
	}
}

// FuzzNames checks that any two paths get two names, which compose takes, and of which none begins another.
func FuzzNames(f *testing.F) {
	for i := range len(hostile) - 1 {
		f.Add(hostile[i], hostile[i+1], i%3)
	}
	f.Fuzz(func(t *testing.T, a, b string, form int) {
		if a == "" || b == "" || strings.Contains(a+b, ".") || len(a)+len(b) > 400 {
			t.Skip()
		}
		paths := []string{a, fmt.Sprintf("%s.%s.%s", b, a, b), fmt.Sprintf("%s.%s.%s-done", a+b, b, a)}
		if form%2 == 0 {
			paths = []string{a, b, a + "-" + b}
		}
		n := newNamer(paths, runnerService, beginService, HooksService, resultService)
		names := map[string]string{}
		for _, p := range paths {
			name := n.give(p)
			if was, there := names[name]; there && was != p {
				t.Fatalf("%q and %q are both %s", was, p, name)
			}
			if name == "" || len(name) > 2*maxNameChars || strings.ContainsFunc(name, notInName) {
				t.Fatalf("%q is %q", p, name)
			}
			names[name] = p
		}
		for x, p := range names {
			for y, q := range names {
				if strings.HasPrefix(y, x+".") {
					t.Fatalf("%s (%q) begins %s (%q)", x, p, y, q)
				}
			}
		}
	})
}

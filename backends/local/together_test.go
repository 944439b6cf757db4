package local

import (
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/ir"
)

// TestLanes says of each step of a graph of needs with which it shares its folder: "graph" stands for that of the graph.
func TestLanes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a b:a c:b":                         "a=graph b=graph c=graph",
		"a b":                               "a=a b=b",
		"a b:a c:a d:b,c e:d":               "a=graph b=b c=c d=graph e=graph",
		"a b:a c:a b2:b c2:c d:b2,c2":       "a=graph b=b c=c b2=b c2=c d=graph",
		"a b:a c:a d:c":                     "a=graph b=b c=c d=c",
		"a b:a c:b d:a,c":                   "a=graph b=graph c=graph d=graph",
		"a c b:a d:b,c":                     "a=a c=c b=a d=graph",
		"d:b b:a a":                         "d=graph b=graph a=graph",
		"a!h b:a c:a!k h k":                 "a=graph b=b c=c h=graph k=c",
		"a b:a c:a d:a,b":                   "a=graph b=b c=c d=d",
		"s x:s y:s z:x,y p:z q:z r:p,q t:r": "s=graph x=x y=y z=graph p=p q=q r=graph t=graph",
	} {
		g := &ir.Graph{}
		for _, word := range strings.Fields(text) {
			word, handler, _ := strings.Cut(word, "!")
			name, needs, _ := strings.Cut(word, ":")
			s := &ir.Stub{Common: ir.Common{Name: name, OnFailure: ir.Ref{Name: handler}}}
			for _, need := range strings.Split(needs, ",") {
				if need != "" {
					s.Needs = append(s.Needs, ir.Ref{Name: need})
				}
			}
			g.Nodes = append(g.Nodes, s)
		}
		g.Style = ir.Needs
		if list := ir.Check(&ir.Pipeline{Name: "p", Graph: g}); list.HasErrors() {
			t.Fatal(text, list)
		}
		var got []string
		for i, head := range lanesOf(g) {
			lane := "graph"
			if head != alone {
				lane = g.Nodes[head].Base().Name
			}
			got = append(got, g.Nodes[i].Base().Name+"="+lane)
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s:\ngot  %s\nwant %s", text, text, want)
		}
	}
}

package argo

import (
	"os"
	"strconv"
	"strings"
	"testing"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"sigs.k8s.io/yaml"

	"github.com/runnable-render/runnable-render/ir"
)

// constructs are one of each kind, with and without what changes their shape.
func constructs() map[string]func() ir.Node {
	reduced := func(by string) func() ir.Node {
		return func() ir.Node {
			m := mapOf("x", chain(sh("work", "out")))
			m.Reducer = by
			return m
		}
	}
	return map[string]func() ir.Node{
		"task":                func() ir.Node { return sh("x") },
		"stub":                func() ir.Node { return &ir.Stub{Common: base("x")} },
		"parallel":            func() ir.Node { return par("x", chain(sh("l")), chain(sh("r1"), sh("r2"))) },
		"map":                 reduced(""),
		"map reduced":         reduced("max"),
		"map reduced python":  reduced("steps.merge"),
		"parallel in one pod": func() ir.Node { return shared(par("x", chain(sh("l")), chain(sh("r1"), sh("r2")))) },
		"map in one pod":      func() ir.Node { return shared(reduced("steps.merge")()) },
		"arms in one pod":     func() ir.Node { return shared(choose("x", chain(sh("l")), chain(sh("r1"), sh("r2")))) },
		"loop in one pod":     func() ir.Node { return shared(loopOf("x", 500, chain(sh("again", "done")))) },
		"conditional":         func() ir.Node { return choose("x", chain(sh("l")), chain(sh("r1"), sh("r2"))) },
		"loop":                func() ir.Node { return loopOf("x", 5, chain(sh("again", "done"))) },
		"loop long body":      func() ir.Node { return loopOf("x", 5, chain(sh("one"), sh("two"))) },
		"loop 120":            func() ir.Node { return loopOf("x", 120, chain(sh("again"))) },
		"handled": func() ir.Node {
			return par("x", chain(to(sh("try"), "success", "mend"), to(sh("mend"), "success", "")), chain(sh("other")))
		},
		"fails": func() ir.Node { return par("x", chain(to(sh("try"), "fail", "")), chain(sh("other"))) },
		"needs": func() ir.Node {
			return par("x", needs(sh("a"), needing(sh("b"), "a"), needing(sh("c"), "a"), needing(sh("d"), "b", "c")), chain(sh("other")))
		},
	}
}

// shared makes the steps of a composite share a pod.
func shared(n ir.Node) ir.Node {
	n.Base().Pods.Name = ir.OnePod
	return n
}

// positions put a node into a place.
func positions() map[string]func(n ir.Node) *ir.Graph {
	return map[string]func(n ir.Node) *ir.Graph{
		"alone":       func(n ir.Node) *ir.Graph { return chain(n) },
		"after":       func(n ir.Node) *ir.Graph { return chain(sh("first"), n, sh("last")) },
		"handled":     func(n ir.Node) *ir.Graph { return chain(to(n, "last", "h"), sh("last"), to(sh("h"), "last", "")) },
		"handler":     func(n ir.Node) *ir.Graph { return chain(to(sh("a"), "success", "x"), n) },
		"in map":      func(n ir.Node) *ir.Graph { return chain(mapOf("m", chain(n))) },
		"in map last": func(n ir.Node) *ir.Graph { return chain(sh("first"), mapOf("m", chain(sh("pre"), n))) },
		"in loop":     func(n ir.Node) *ir.Graph { return chain(loopOf("l", 3, chain(n))) },
		"in loop mid": func(n ir.Node) *ir.Graph { return chain(loopOf("l", 3, chain(sh("pre"), n, sh("post")))) },
		"in arm": func(n ir.Node) *ir.Graph {
			return chain(sh("first"), choose("c", chain(n), chain(sh("pre"), sh("post"))))
		},
		"in parallel": func(n ir.Node) *ir.Graph { return chain(par("p", chain(n), chain(sh("other")))) },
		"in needs":    func(n ir.Node) *ir.Graph { return needs(sh("a"), needing(n, "a"), needing(sh("b"), "x")) },
		"deep": func(n ir.Node) *ir.Graph {
			return chain(mapOf("m", chain(loopOf("l", 3, chain(choose("c", chain(par("p", chain(n), chain(sh("q"))))))))))
		},
	}
}

func TestEveryConstructEverywhere(t *testing.T) {
	t.Parallel()
	for position, place := range positions() {
		for construct, node := range constructs() {
			t.Run(position+"/"+construct, func(t *testing.T) {
				t.Parallel()
				text := manifest(t, place(node()), Options{})
				if dir := os.Getenv("ARGO_MANIFESTS"); dir != "" {
					_ = os.WriteFile(dir+"/"+slug(position+" "+construct)+".yaml", []byte(text), 0o644)
				}
			})
		}
	}
}

// TestGroupsFailFast: the groups that a wide parallel is cut into fail as the whole does.
func TestGroupsFailFast(t *testing.T) {
	t.Parallel()
	for _, fast := range []bool{false, true} {
		n := &ir.Parallel{Common: base("p"), FailFast: fast}
		for i := range 2 * maxTasks {
			n.Branches = append(n.Branches, ir.Branch{Name: "b" + strconv.Itoa(i), Graph: chain(sh("x"))})
		}
		var wf wfv1.Workflow
		if err := yaml.Unmarshal([]byte(manifest(t, chain(n), Options{})), &wf); err != nil {
			t.Fatal(err)
		}
		groups := 0
		for _, tmpl := range wf.Spec.Templates {
			if !strings.Contains(tmpl.Name, "-group") {
				continue
			}
			groups++
			if got := *tmpl.DAG.FailFast; got != fast {
				t.Errorf("%s: failFast %v, want %v", tmpl.Name, got, fast)
			}
		}
		if groups < 2 {
			t.Errorf("%d groups", groups)
		}
	}
}

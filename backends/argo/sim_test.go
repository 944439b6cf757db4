package argo

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/util/expr/argoexpr"
	argotemplate "github.com/argoproj/argo-workflows/v3/util/template"
	wfcommon "github.com/argoproj/argo-workflows/v3/workflow/common"
	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/matrix"
	"github.com/runnable-render/runnable-render/ir"
)

// controller walks a rendered workflow as Argo's controller does: `depends`, `when`, sequences, recursion, phases.
// Substitution is Argo's own code. Pods are the engine's: what it ran, and how that ended.
type controller struct {
	t         testing.TB
	templates map[string]*wfv1.Template
	fails     func(path string) bool
	control   func(path string) string
	refused   func(path string) bool // in or of a nested pipeline that does not take its inputs
	ran       []string
	depth     int
	deepest   int
}

type phase string

const (
	ok      phase = "Succeeded"
	bad     phase = "Failed"
	skipped phase = "Skipped"
	omitted phase = "Omitted"
)

func newController(t testing.TB, text string) (*controller, *wfv1.Workflow) {
	objects := wfcommon.ParseObjects([]byte(text), true)
	wf := objects[0].Object.(*wfv1.Workflow)
	c := &controller{t: t, templates: map[string]*wfv1.Template{}}
	for i := range wf.Spec.Templates {
		c.templates[wf.Spec.Templates[i].Name] = &wf.Spec.Templates[i]
	}
	return c, wf
}

// call runs a template and returns its phase and control value.
func (c *controller) call(name string, args wfv1.Arguments) (phase, string) {
	c.depth++
	defer func() { c.depth-- }()
	c.deepest = max(c.deepest, c.depth)
	global := wfcommon.Parameters{"workflow.name": "w", "workflow.uid": "u", "workflow.parameters.run-id": "", "workflow.parameters.definition": "{}"}
	tmpl, err := wfcommon.ProcessArgs(c.templates[name], &args, global, nil, false, "", nil)
	if err != nil {
		c.t.Fatalf("%s: %v", name, err)
	}
	if tmpl.DAG == nil {
		return c.pod(tmpl)
	}
	return c.dag(tmpl)
}

func (c *controller) pod(t *wfv1.Template) (phase, string) {
	if t.Suspend != nil {
		return ok, ""
	}
	do, path, control := t.Container.Args[0], t.Container.Args[1], t.Container.Args[3]
	value := "-"
	refused := c.refused != nil && c.refused(path)
	switch do {
	case "fail":
		return bad, ""
	case "control":
		if refused {
			return ok, value
		}
		return ok, c.control(path)
	case "join", "reduce":
		if refused {
			return bad, ""
		}
		return ok, value
	case "run":
		if refused {
			return bad, ""
		}
		c.ran = append(c.ran, path)
		if c.fails(path) {
			return bad, ""
		}
		if control != "" {
			value = c.control(control)
		}
		return ok, value
	}
	c.t.Fatalf("unknown command %q", do)
	return bad, ""
}

type simNode struct {
	task   wfv1.DAGTask
	deps   []string
	phase  phase
	value  string
	branch phase // the phase that an omitted leaf takes over
}

func (c *controller) dag(t *wfv1.Template) (phase, string) {
	nodes := map[string]*simNode{}
	used := map[string]bool{}
	var order []string
	for _, task := range t.DAG.Tasks {
		n := &simNode{task: task}
		for dep := range wfcommonDeps(task.Depends) {
			n.deps = append(n.deps, dep)
			used[dep] = true
		}
		nodes[task.Name] = n
		order = append(order, task.Name)
	}
	for done := 0; done < len(order); {
		before := done
		for _, name := range order {
			n := nodes[name]
			if n.phase == "" && !slices.ContainsFunc(n.deps, func(d string) bool { return nodes[d].phase == "" }) {
				c.task(nodes, n)
				done++
			}
		}
		if before == done {
			c.t.Fatalf("%s: nothing can go on", t.Name)
		}
	}
	result := ok
	for _, name := range order {
		if !used[name] && nodes[name].branch == bad {
			result = bad
		}
	}
	if result == bad || len(t.Outputs.Parameters) == 0 {
		return result, ""
	}
	from := t.Outputs.Parameters[0].ValueFrom
	if from.Parameter != "" {
		text, err := argotemplate.Replace(strconv.Quote(from.Parameter), scopeOf(nodes), false)
		if err != nil {
			c.t.Fatalf("%s: %v", t.Name, err)
		}
		return ok, strings.Trim(text, `"`)
	}
	text, err := argotemplate.Replace(strconv.Quote("{{="+from.Expression+"}}"), scopeOf(nodes), false)
	if err != nil {
		c.t.Fatalf("%s: %v", t.Name, err)
	}
	return ok, strings.Trim(text, `"`)
}

func wfcommonDeps(depends string) map[string]bool {
	out := map[string]bool{}
	for _, word := range strings.FieldsFunc(depends, func(r rune) bool { return strings.ContainsRune("()!&| ", r) }) {
		name, _, _ := strings.Cut(word, ".")
		out[name] = true
	}
	return out
}

func scopeOf(nodes map[string]*simNode) map[string]string {
	scope := map[string]string{}
	for name, n := range nodes {
		if n.phase != "" {
			scope["tasks."+name+".status"] = string(n.phase)
		}
		if n.phase == ok {
			scope["tasks."+name+".outputs.parameters.control"] = n.value
		}
	}
	return scope
}

func (c *controller) task(nodes map[string]*simNode, n *simNode) {
	n.branch = ok
	env := map[string]map[string]bool{}
	for _, d := range n.deps {
		if nodes[d].branch == bad {
			n.branch = bad
		}
		p := nodes[d].phase
		env[strings.ReplaceAll(d, "-", "_")] = map[string]bool{
			"Succeeded": p == ok, "Failed": p == bad, "Errored": false, "Skipped": p == skipped, "Omitted": p == omitted,
		}
	}
	if n.task.Depends != "" {
		run, err := argoexpr.EvalBool(strings.ReplaceAll(n.task.Depends, "-", "_"), env)
		if err != nil {
			c.t.Fatalf("depends %q: %v", n.task.Depends, err)
		}
		if !run {
			n.phase = omitted
			return
		}
	}
	text, _ := json.Marshal(n.task)
	resolved, err := argotemplate.Replace(string(text), scopeOf(nodes), true)
	if err != nil {
		c.t.Fatalf("%s: %v", text, err)
	}
	var task wfv1.DAGTask
	if err := json.Unmarshal([]byte(resolved), &task); err != nil {
		c.t.Fatalf("%s: %v", resolved, err)
	}
	if task.WithSequence != nil {
		c.fan(n, task)
		return
	}
	if task.When != "" {
		run, err := argoexpr.EvalBool(task.When, map[string]any{})
		if err != nil {
			c.t.Fatalf("when %q: %v", task.When, err)
		}
		if !run {
			n.phase = skipped
			return
		}
	}
	n.phase, n.value = c.call(task.Template, task.Arguments)
	n.branch = n.phase
}

func (c *controller) fan(n *simNode, task wfv1.DAGTask) {
	count, err := strconv.Atoi(task.WithSequence.Count.String())
	if err != nil {
		c.t.Fatalf("count: %v", err)
	}
	if count == 0 {
		n.phase = skipped
		return
	}
	n.phase = ok
	for i := range count {
		text, _ := json.Marshal(task.Arguments)
		resolved, err := argotemplate.Replace(string(text), map[string]string{"item": strconv.Itoa(i)}, false)
		if err != nil {
			c.t.Fatalf("%s: %v", text, err)
		}
		var args wfv1.Arguments
		if err := json.Unmarshal([]byte(resolved), &args); err != nil {
			c.t.Fatal(err)
		}
		if p, _ := c.call(task.Template, args); p == bad {
			n.phase = bad
		}
	}
	n.branch = n.phase
}

// The parameters that random pipelines go by: lists of some lengths, branch names, truth values.
func simParameters() []Parameter {
	j := func(s string) json.RawMessage { return json.RawMessage(s) }
	return []Parameter{{Name: "l0", Value: j(`[]`)}, {Name: "l1", Value: j(`[7]`)}, {Name: "l3", Value: j(`[1,2,3]`)}, {Name: "none", Value: j(`5`)}, {Name: "wa", Value: j(`"a"`)}, {Name: "wb", Value: j(`"b"`)}, {Name: "wz", Value: j(`"zz"`)}, {Name: "yes", Value: j(`true`)}, {Name: "no", Value: j(`false`)}}
}

// controlOf is the control value at a path: with constant parameters it depends on the definition alone.
func controlOf(t testing.TB, p *ir.Pipeline, path string) string {
	n, err := engine.NodeAt(p, path)
	if err != nil {
		cut := strings.LastIndex(path, ".")
		k, _ := strconv.Atoi(path[cut+1:])
		loopNode, err := engine.NodeAt(p, path[:cut])
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		l := loopNode.(*ir.Loop)
		return strconv.FormatBool(l.BreakOn.Name == "yes" || k+1 >= l.MaxIterations)
	}
	switch n := n.(type) {
	case *ir.Map:
		return map[string]string{"l0": "0", "l1": "1", "l3": "3", "none": "!"}[n.IterateOn.Name]
	case *ir.Conditional:
		i := map[string]int{"wa": 0, "wb": 1, "wz": 1 << 30}[n.Parameter.Name]
		if i < len(n.Branches) {
			return strconv.Itoa(i)
		}
		return "!"
	}
	t.Fatalf("nothing to tell at %s", path)
	return ""
}

// refuses reports whether a path leads to or into a nested pipeline that refuses its inputs.
func refuses(p *ir.Pipeline, path string) bool {
	words := strings.Split(path, ".")
	for i := range words {
		n, err := engine.NodeAt(p, strings.Join(words[:i+1], "."))
		if nested, ok := n.(*ir.Nested); err == nil && ok && len(nested.Parameters) > 0 {
			return true
		}
	}
	return false
}

// engineRun is what the engine runs of a pipeline, by path, and what the run came to.
func engineRun(p *ir.Pipeline, params []Parameter, fails func(string) bool) ([]string, engine.Status) {
	var named []engine.Named
	for _, q := range params {
		named = append(named, engine.Named{Name: q.Name, Value: engine.Value{JSON: q.Value}})
	}
	m := engine.NewMachine(p, engine.InitialScope(named), nil)
	var ran []string
	jobs := m.Start()
	for len(jobs) > 0 {
		job := jobs[0]
		jobs = jobs[1:]
		ran = append(ran, job.Path)
		out := engine.Outcome{Status: engine.Success, After: job.Before}
		if fails(job.Path) {
			out = engine.Outcome{Status: engine.Failed, After: job.Before, Failure: &engine.Failure{Step: job.Path}}
		}
		jobs = append(jobs, m.Done(job.Path, out)...)
	}
	return ran, m.Result().Status
}

// compare walks the manifest and the engine through one pipeline and fails the test where they differ. Steps that
// the engine does not reach may run only where a graph is in parts, and then do nothing.
func compare(t testing.TB, g *ir.Graph, seed uint64, parts bool) bool {
	return compareWith(t, g, func(path string) bool {
		h := fnv.New64a()
		fmt.Fprint(h, seed, path)
		return h.Sum64()%5 == 0
	}, parts)
}

func compareWith(t testing.TB, g *ir.Graph, fails func(path string) bool, parts bool) bool {
	p := &ir.Pipeline{Name: "random", Graph: g}
	if ir.Check(p).HasErrors() {
		return false
	}
	o := Options{Image: "registry.example/user:1", Parameters: simParameters()}
	files, list := Render(p, o)
	if list.HasErrors() {
		t.Fatalf("%s\n%s", messages(list), ir.Dump(p))
	}
	want, status := engineRun(p, o.Parameters, fails)
	slices.Sort(want)
	c, _ := newController(t, string(files[SingleFile]))
	reached := map[string]bool{}
	for _, path := range want {
		reached[path] = true
	}
	c.fails = func(path string) bool { return reached[path] && fails(path) }
	c.control = func(path string) string { return controlOf(t, p, path) }
	c.refused = func(path string) bool { return refuses(p, path) }
	got, _ := c.call(entrypoint, wfv1.Arguments{})
	slices.Sort(c.ran)
	ran := c.ran
	if parts {
		ran = slices.DeleteFunc(slices.Clone(ran), func(path string) bool { return !reached[path] })
	}
	if diff := cmp.Diff(want, ran); diff != "" || (got == ok) != status.OK() {
		t.Errorf("run %s, engine %s; engine -, Argo +:\n%s\n%s\n%s", got, status, diff, ir.Dump(p), files[SingleFile])
	}
	if c.deepest >= 100 {
		t.Errorf("%d calls deep", c.deepest)
	}
	return true
}

// randomGraph makes a graph of up to five nodes, composites down to the depth.
func randomGraph(r *rand.Rand, depth int) *ir.Graph {
	n := 1 + r.IntN(5)
	var nodes []ir.Node
	for i := range n {
		nodes = append(nodes, randomNode(r, "n"+strconv.Itoa(i), depth))
	}
	if r.IntN(3) == 0 {
		return randomNeeds(r, nodes)
	}
	for i, node := range nodes {
		b := node.Base()
		b.Next = ir.Ref{Name: randomTarget(r, i, n, ir.Success)}
		if r.IntN(2) == 0 {
			b.OnFailure = ir.Ref{Name: randomTarget(r, i, n, ir.Fail)}
		}
	}
	return &ir.Graph{Nodes: nodes, Start: ir.Ref{Name: "n0"}}
}

func randomTarget(r *rand.Rand, i, n int, end string) string {
	switch k := r.IntN(10); {
	case k == 0:
		return ir.Fail
	case k == 1 || i+1 >= n:
		return end
	case k < 7:
		return "n" + strconv.Itoa(i+1)
	}
	return "n" + strconv.Itoa(i+1+r.IntN(n-i-1))
}

func randomNeeds(r *rand.Rand, nodes []ir.Node) *ir.Graph {
	var plain []int
	for i := 0; i < len(nodes); i++ {
		b := nodes[i].Base()
		for _, p := range plain {
			if r.IntN(2) == 0 {
				b.Needs = append(b.Needs, ir.Ref{Name: nodes[p].Base().Name})
			}
		}
		plain = append(plain, i)
		if i+1 < len(nodes) && r.IntN(3) == 0 { // the next one handles this one's failure
			b.OnFailure = ir.Ref{Name: nodes[i+1].Base().Name}
			i++
		} else if r.IntN(8) == 0 {
			b.OnFailure = ir.Ref{Name: ir.Success}
		}
	}
	return &ir.Graph{Style: ir.Needs, Nodes: nodes}
}

func randomNode(r *rand.Rand, name string, depth int) ir.Node {
	if depth == 0 || r.IntN(2) == 0 {
		if r.IntN(4) == 0 {
			return &ir.Stub{Common: base(name)}
		}
		return sh(name)
	}
	pick := func(names ...string) ir.Ref { return ir.Ref{Name: names[r.IntN(len(names))]} }
	var graphs []*ir.Graph
	for range 1 + r.IntN(3) {
		graphs = append(graphs, randomGraph(r, depth-1))
	}
	switch r.IntN(5) {
	case 4:
		n := &ir.Nested{Common: base(name), Definition: ir.Ref{Name: "inner.yaml"}, Body: graphs[0]}
		refuses := r.IntN(3) == 0
		for _, p := range simParameters() {
			n.Inputs = append(n.Inputs, ir.Input{Arg: p.Name, From: []string{p.Name}})
			if refuses {
				n.Parameters = append(n.Parameters, ir.Parameter{Name: p.Name, Type: ir.TypeOf(string(p.Value))})
			}
		}
		if refuses {
			n.Parameters[0].Type = ir.BoolType // it is a list
		}
		return n
	case 0:
		return par(name, graphs...)
	case 1:
		n := choose(name, graphs...)
		n.Parameter = pick("wa", "wb", "wz")
		return n
	case 2:
		n := mapOf(name, graphs[0])
		n.IterateOn, n.IterateAs.Name = pick("l0", "l1", "l3", "none"), "item"+strconv.Itoa(depth)
		if r.IntN(3) == 0 {
			n.Reducer = "len"
		}
		return n
	}
	n := loopOf(name, 1+r.IntN(3), graphs[0])
	n.BreakOn, n.IndexAs.Name = pick("yes", "no"), "i"+strconv.Itoa(depth)
	return n
}

func TestArgoWalksAsTheEngineDoes(t *testing.T) {
	t.Parallel()
	tried := 0
	for seed := range uint64(simSeeds) {
		r := rand.New(rand.NewPCG(seed, 1))
		if compare(t, randomGraph(r, 3), seed, false) {
			tried++
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d pipelines", tried)
	if tried < simSeeds/2 {
		t.Errorf("only %d of the random pipelines were valid", tried)
	}
}

func TestLongGraphsInParts(t *testing.T) {
	t.Parallel()
	long := func(n int, edge func(i int, b *ir.Common)) *ir.Graph {
		g := &ir.Graph{}
		for i := range n {
			task := sh("n" + strconv.Itoa(i))
			edge(i, &task.Common)
			g.Nodes = append(g.Nodes, task)
		}
		return g
	}
	name := func(i int) ir.Ref { return ir.Ref{Name: "n" + strconv.Itoa(i)} }
	plain := func(i int, b *ir.Common) {}
	notify := func(i int, b *ir.Common) {
		switch {
		case i == 699:
			b.Next = ir.Ref{Name: ir.Fail}
		case i == 698:
			b.Next = ir.Ref{Name: ir.Success}
		default:
			b.OnFailure, b.Next = name(699), name(i+1)
		}
	}
	own := func(i int, b *ir.Common) { // each third handles the one before it, and goes on
		if i%3 == 1 && i < 697 {
			b.OnFailure, b.Next = name(i+1), name(i+2)
		}
	}
	for title, g := range map[string]func() *ir.Graph{
		"chain":        func() *ir.Graph { return long(700, plain) },
		"one handler":  func() *ir.Graph { return long(700, notify) },
		"own handlers": func() *ir.Graph { return long(700, own) },
		"in a loop": func() *ir.Graph {
			l := loopOf("l", 2, long(450, plain))
			l.BreakOn.Name = "no"
			return chain(l, sh("z"))
		},
		"needs": func() *ir.Graph {
			g := long(700, func(i int, b *ir.Common) {
				for _, p := range []int{i - 7, i - 20} {
					if p >= 0 {
						b.Needs = append(b.Needs, name(p))
					}
				}
			})
			g.Style = ir.Needs
			return g
		},
		"wide needs": func() *ir.Graph {
			g := long(900, func(i int, b *ir.Common) {
				if i >= 450 {
					b.Needs = append(b.Needs, name(i-450), name((i+7)%450))
				}
			})
			g.Style = ir.Needs
			return g
		},
		"wide parallel": func() *ir.Graph {
			n := &ir.Parallel{Common: base("p")}
			for i := range 450 {
				n.Branches = append(n.Branches, ir.Branch{Name: "b" + strconv.Itoa(i), Graph: chain(sh("x"))})
			}
			return chain(n)
		},
		"wide conditional": func() *ir.Graph {
			n := &ir.Conditional{Common: base("p"), Parameter: ir.Ref{Name: "wz"}}
			for i := range 450 {
				n.Branches = append(n.Branches, ir.Branch{Name: "b" + strconv.Itoa(i), Graph: chain(sh("x"))})
			}
			return chain(n)
		},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(2) {
				if !compare(t, g(), seed, strings.Contains(title, "needs")) {
					t.Fatalf("the test's own pipeline: %s", messages(ir.Check(&ir.Pipeline{Name: "x", Graph: g()})))
				}
			}
		})
	}
}

// simSeeds is how many random pipelines the test tries.
var simSeeds = matrix.Of(30, 150)

// Package onepod computes the resources that a step asks for, and those that several steps in one pod need together:
// how many run at a time, and the sum of their requests (SEMANTICS 1).
package onepod

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
)

// Amounts are amounts of resources, each by a name and in a unit that the target chooses.
type Amounts map[string]int64

// Read returns what a step asks for, by the names of [ir.Resources.Amounts]: thousandths of processors, bytes, and numbers of GPUs
// and of other things. A pod, or a job, cannot grow with one step, so it has the memory of the step's last attempt. wrong gets
// what is no amount.
func Read(n ir.Node, r ir.Resources, wrong func(a ir.Amount)) Amounts {
	out := Amounts{}
	for _, a := range r.Amounts() {
		q, err := resource.ParseQuantity(a.Text)
		switch {
		case err != nil || q.Sign() < 0:
			wrong(a)
		case a.Key == "cpu":
			out[a.Key] = q.MilliValue()
		default:
			out[a.Key] = q.Value()
		}
	}
	if t, ok := n.(*ir.Task); ok && r.Memory != "" {
		out["memory"] = Times(out["memory"], t.Retry.Growth(t.Retry.Limit))
	}
	return out
}

// Texts are amounts as Kubernetes reads them.
func (a Amounts) Texts() ir.Resources {
	text := func(what string, made func(int64, resource.Format) *resource.Quantity, format resource.Format) string {
		if n, ok := a[what]; ok {
			return made(n, format).String()
		}
		return ""
	}
	out := ir.Resources{
		CPU:    text("cpu", resource.NewMilliQuantity, resource.DecimalSI),
		Memory: text("memory", resource.NewQuantity, resource.BinarySI), GPU: text("gpu", resource.NewQuantity, resource.DecimalSI),
		Shm: text("shm", resource.NewQuantity, resource.BinarySI), Disk: text("disk", resource.NewQuantity, resource.BinarySI),
		Extended: map[string]string{},
	}
	for name := range a {
		if strings.Contains(name, "/") {
			out.Extended[name] = text(name, resource.NewQuantity, resource.DecimalSI)
		}
	}
	return out
}

// Need is what a pod is to have for some steps.
type Need struct {
	Steps   int     // that run at a time, at most
	Amounts Amounts // what these ask for together, at most
}

// OfGraph returns the need of a graph at a static path. leaf tells what a step asks for.
func OfGraph(g *ir.Graph, static string, leaf func(ir.Visit) Amounts) Need {
	return twice(func(w walk) Need { return w.graph(g, static) }, leaf)
}

// OfNode returns the need of a step, with all that is inside it.
func OfNode(v ir.Visit, leaf func(ir.Visit) Amounts) Need {
	return twice(func(w walk) Need { return w.node(v) }, leaf)
}

// twice learns how many steps run at a time first: of a graph of dependencies that many may run, wherever it stands.
func twice(of func(walk) Need, leaf func(ir.Visit) Amounts) Need {
	return of(walk{leaf, of(walk{leaf, 0}).Steps})
}

type walk struct {
	leaf  func(ir.Visit) Amounts
	steps int // that the pod runs at a time; 0: not known yet
}

func (w walk) graph(g *ir.Graph, static string) Need {
	each := make([]Need, len(g.Nodes))
	for i, n := range g.Nodes {
		each[i] = w.node(ir.Visit{Path: ir.Join(static, n.Base().Name), Node: n, Graph: g})
	}
	if g.Style == ir.Needs {
		return w.beside(g, each)
	}
	var out Need
	for _, n := range each {
		out = most(out, n)
	}
	return out
}

func (w walk) node(v ir.Visit) Need {
	var inside []Need
	for _, br := range ir.Subgraphs(v.Node) {
		inside = append(inside, w.graph(br.Graph, ir.Join(v.Path, br.Name)))
	}
	var out Need
	switch n := v.Node.(type) {
	case *ir.Task, *ir.Stub:
		return Need{1, w.leaf(v)}
	case *ir.Parallel:
		for _, b := range inside {
			out = sum(out, b)
		}
	case *ir.Map:
		out = inside[0].times(cmp.Or(n.Parallelism, runnerenv.ItemsAtOnce))
	case *ir.Conditional, *ir.Loop, *ir.Nested:
		for _, b := range inside {
			out = most(out, b)
		}
	}
	return out
}

// beside is the need of a graph of dependencies: as many steps as stand at one depth of it run at a time, whichever they are.
func (w walk) beside(g *ir.Graph, each []Need) Need {
	e := ir.EdgesOf(g)
	depth := make([]int, len(each))
	waits := make([]int, len(each))
	after := make([][]int, len(each))
	for i := range each {
		before := e.Needs[i]
		if h := e.Handles[i]; h >= 0 {
			before = append(slices.Clone(before), h)
		}
		for _, p := range before {
			after[p] = append(after[p], i)
			waits[i]++
		}
	}
	var ready []int
	for i, n := range waits {
		if n == 0 {
			ready = append(ready, i)
		}
	}
	wide := map[int]int{}
	out := Need{}
	for ; len(ready) > 0; ready = ready[1:] {
		i := ready[0]
		wide[depth[i]] += each[i].Steps
		out.Steps = max(out.Steps, wide[depth[i]])
		for _, next := range after[i] {
			depth[next] = max(depth[next], depth[i]+1)
			if waits[next]--; waits[next] == 0 {
				ready = append(ready, next)
			}
		}
	}
	out.Amounts = heaviest(each, max(out.Steps, w.steps))
	return out
}

// heaviest sums, of each resource, the n largest amounts.
func heaviest(each []Need, n int) Amounts {
	all := map[string][]int64{}
	for _, one := range each {
		for name, amount := range one.Amounts {
			all[name] = append(all[name], amount)
		}
	}
	out := Amounts{}
	for name, list := range all {
		slices.Sort(list)
		for _, amount := range list[max(0, len(list)-n):] {
			out[name] = add(out[name], amount)
		}
	}
	return out
}

// sum is what two need that run beside each other.
func sum(a, b Need) Need { return Need{a.Steps + b.Steps, joined(a.Amounts, b.Amounts, add)} }

// times is what n of a kind need beside each other.
func (a Need) times(n int) Need {
	out := Need{Steps: int(min(product(int64(a.Steps), n), math.MaxInt32)), Amounts: Amounts{}}
	for name, amount := range a.Amounts {
		out.Amounts[name] = product(amount, n)
	}
	return out
}

// most is what two need of which one runs at a time.
func most(a, b Need) Need {
	return Need{max(a.Steps, b.Steps), joined(a.Amounts, b.Amounts, func(x, y int64) int64 { return max(x, y) })}
}

func joined(a, b Amounts, join func(x, y int64) int64) Amounts {
	out := Amounts{}
	maps.Copy(out, a)
	for name, amount := range b {
		out[name] = join(out[name], amount)
	}
	return out
}

// add is the sum of two amounts, neither of which is negative, or the largest number there is.
func add(x, y int64) int64 {
	if x > math.MaxInt64-y {
		return math.MaxInt64
	}
	return x + y
}

// Times is so many times an amount, rounded up, or the largest number there is.
func Times(amount int64, factor float64) int64 {
	if out := math.Ceil(float64(amount) * factor); out < math.MaxInt64 {
		return int64(out)
	}
	return math.MaxInt64
}

// product is n times an amount, or the largest number there is.
func product(amount int64, n int) int64 {
	if amount > math.MaxInt64/int64(n) {
		return math.MaxInt64
	}
	return amount * int64(n)
}

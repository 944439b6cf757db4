package bench_test

import (
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// shape makes a pipeline of about n leaves, each made by leaf.
type shape struct {
	name string
	make func(n int, leaf func(i int) ir.Node) *ir.Pipeline
}

var shapes = []shape{
	{"chain", func(n int, leaf func(int) ir.Node) *ir.Pipeline { return pipeline(nodes(n, leaf)...) }},
	{"fan", func(n int, leaf func(int) ir.Node) *ir.Pipeline {
		p := &ir.Parallel{Common: ir.Common{Name: "p"}}
		for i := range n {
			p.Branches = append(p.Branches, ir.Branch{Name: fmt.Sprintf("b%d", i), Graph: &ir.Graph{Nodes: []ir.Node{leaf(0)}}})
		}
		return pipeline(p)
	}},
	{"map", func(n int, leaf func(int) ir.Node) *ir.Pipeline { return pipeline(over("items", "x", leaf(0))) }},
	{"nested-map", func(n int, leaf func(int) ir.Node) *ir.Pipeline {
		return pipeline(over("outer", "x", over("inner", "y", leaf(0))))
	}},
}

// leaves are the kinds of leaf, with the sizes at which they are measured.
var leaves = []struct {
	name  string
	sizes [2]int
	leaf  func(i int) ir.Node
}{
	{"stub", [2]int{1000, 10_000}, func(i int) ir.Node { return &ir.Stub{Common: ir.Common{Name: fmt.Sprintf("s%d", i)}} }},
	{"shell", [2]int{200, 2000}, func(i int) ir.Node {
		return &ir.Task{Common: ir.Common{Name: fmt.Sprintf("s%d", i)}, Command: &ir.Shell{Script: ":"}}
	}},
	{"returning", [2]int{200, 2000}, func(i int) ir.Node {
		name := fmt.Sprintf("name_%d", i)
		return &ir.Task{Common: ir.Common{Name: fmt.Sprintf("s%d", i)}, Command: &ir.Shell{Script: "export " + name + "=1"}, Returns: []ir.Return{{Name: name}}}
	}},
}

func nodes(n int, leaf func(int) ir.Node) []ir.Node {
	out := make([]ir.Node, n)
	for i := range out {
		out[i] = leaf(i)
	}
	return out
}

func over(list, item string, body ir.Node) *ir.Map {
	return &ir.Map{
		Common: ir.Common{Name: "over_" + list}, Body: &ir.Graph{Nodes: []ir.Node{body}},
		IterateOn: ir.Ref{Name: list}, IterateAs: ir.Ref{Name: item},
	}
}

func pipeline(nodes ...ir.Node) *ir.Pipeline {
	return &ir.Pipeline{Name: "bench", Graph: &ir.Graph{Nodes: nodes}}
}

// initial holds the lists that the maps go over: n items in all.
func initial(n int) []engine.Named {
	list := func(n int) engine.Value {
		return engine.Value{JSON: []byte("[" + strings.TrimSuffix(strings.Repeat("1,", n), ",") + "]")}
	}
	root := int(math.Sqrt(float64(n)))
	return []engine.Named{{Name: "items", Value: list(n)}, {Name: "outer", Value: list(n / root)}, {Name: "inner", Value: list(root)}}
}

func BenchmarkGrowth(b *testing.B) {
	for _, l := range leaves {
		for _, s := range shapes {
			small := 0.0
			for i, n := range l.sizes {
				b.Run(fmt.Sprintf("%s/%s-%d", l.name, s.name, n), func(b *testing.B) {
					total := 0.0
					for b.Loop() {
						total += run(b, s.make(n, l.leaf), n)
					}
					total /= float64(b.N)
					b.ReportMetric(1000*total/float64(n), "cpu-ms/step")
					b.ReportMetric(0, "ns/op")
					if i == 0 {
						small = total
					} else if small > 0 {
						b.ReportMetric(math.Log(total/small)/math.Log(float64(n)/float64(l.sizes[0])), "exponent")
					}
				})
			}
		}
	}
}

// run runs a pipeline over a new store and returns the processor time in seconds.
func run(b *testing.B, p *ir.Pipeline, n int) float64 {
	b.Helper()
	if list := ir.Check(p); list.HasErrors() {
		b.Fatal(list)
	}
	dir := b.TempDir()
	st, err := store.Open(b.Context(), filepath.Join(dir, ".runnable"))
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	r := step.New(step.Options{Definition: dir})
	before := cpu()
	out, _, err := local.Run(b.Context(), p, local.Options{
		Run: "r", Initial: engine.InitialScope(initial(n)), Facts: st, Runner: &local.Steps{Runtime: r, Store: st, Pipeline: p, Dir: dir, Target: "local"},
	})
	if err != nil || !out.Status.OK() {
		b.Fatal(out, err)
	}
	_ = r.Close()
	used := cpu() - before
	b.ReportMetric(float64(size(b, dir))/float64(n), "bytes/step")
	return used.Seconds()
}

func size(b *testing.B, dir string) (total int64) {
	b.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return total
}

// cpu is the processor time of this process and of its children that have ended.
func cpu() time.Duration {
	var total time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			total += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return total
}

package pipetest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Point is something that a definition can do, and how often cases have made it do that.
type Point struct {
	Path string    // of the step, static
	Kind PointKind // what it is
	What string    // for people: "branch \"small\""
	Span diag.Span
	Hits int
}

// PointKind is a kind of [Point].
type PointKind string

// The kinds of points.
const (
	PointStep    PointKind = "step"    // a task or stub ran
	PointBranch  PointKind = "branch"  // a conditional took the branch
	PointDefault PointKind = "default" // a conditional took its default
	PointHandler PointKind = "handler" // a failure was taken on by on_failure
	PointRetry   PointKind = "retry"   // an attempt was repeated; the last one failed too
	PointFailure PointKind = "failure" // a failure that retry.on names, or of a time limit
	PointItems   PointKind = "items"   // a map went over no items; over several
	PointLoop    PointKind = "loop"    // a loop was ended by its condition; by its number of iterations
)

// Coverage counts the points of one definition.
type Coverage struct {
	Points   []Point
	pipeline *ir.Pipeline
	index    map[string]int // of a point, by path and what
}

// NewCoverage lists the points of a pipeline, none of them reached.
func NewCoverage(p *ir.Pipeline) *Coverage {
	c := &Coverage{pipeline: p, index: map[string]int{}}
	for v := range ir.Walk(p) {
		c.node(v.Path, v.Node)
	}
	return c
}

func (c *Coverage) point(path string, n ir.Node, kind PointKind, what string) {
	id := path + "\x00" + what
	if _, twice := c.index[id]; !twice {
		c.index[id] = len(c.Points)
		c.Points = append(c.Points, Point{Path: path, Kind: kind, What: what, Span: n.Base().Span})
	}
}

// What the points are, in words.
const (
	whatRan      = "runs"
	whatRetried  = "an attempt is repeated"
	whatGivesUp  = "the last attempt fails"
	whatTimeout  = "an attempt takes too long"
	whatNone     = "no items"
	whatSeveral  = "several items"
	whatBreaks   = "the condition ends the loop"
	whatExhausts = "max_iterations ends the loop"
)

func whatBranch(name string) string  { return fmt.Sprintf("branch %q", name) }
func whatDefault(name string) string { return fmt.Sprintf("default branch %q", name) }
func whatHandler(to string) string   { return fmt.Sprintf("on_failure: %s", to) }
func whatFailure(word string) string { return "fails with " + word }

func (c *Coverage) node(path string, n ir.Node) {
	if ir.IsLeaf(n) {
		c.point(path, n, PointStep, whatRan)
	}
	switch n := n.(type) {
	case *ir.Task:
		c.task(path, n)
	case *ir.Conditional:
		for _, b := range n.Branches {
			if b.Name == n.Default {
				c.point(path, n, PointDefault, whatDefault(b.Name))
			} else {
				c.point(path, n, PointBranch, whatBranch(b.Name))
			}
		}
	case *ir.Map:
		c.point(path, n, PointItems, whatNone)
		c.point(path, n, PointItems, whatSeveral)
	case *ir.Loop:
		if n.MaxIterations > 1 {
			c.point(path, n, PointLoop, whatBreaks)
		}
		if n.MaxIterations <= mostAttempts { // else no case gets there
			c.point(path, n, PointLoop, whatExhausts)
		}
	case *ir.Stub, *ir.Parallel, *ir.Nested:
	}
	if to := n.Base().OnFailure.Name; to != "" && to != ir.Fail {
		c.point(path, n, PointHandler, whatHandler(to))
	}
}

func (c *Coverage) task(path string, n *ir.Task) {
	if n.Timeout > 0 {
		c.point(path, n, PointFailure, whatTimeout)
	}
	if n.Retry.Limit == 0 {
		return
	}
	c.point(path, n, PointRetry, whatRetried)
	c.point(path, n, PointRetry, whatGivesUp)
	for _, on := range n.Retry.On {
		c.point(path, n, PointFailure, whatFailure(on))
	}
}

// Add counts what a case has reached.
func (c *Coverage) Add(r *Result) {
	for path := range r.Graphs {
		c.graph(path)
	}
	for path, s := range r.Steps {
		if s.Status != "" {
			c.step(r, path, s)
		}
	}
}

// hit counts a point, if there is such a one.
func (c *Coverage) hit(path, what string) {
	if i, ok := c.index[path+"\x00"+what]; ok {
		c.Points[i].Hits++
	}
}

// graph counts a branch that was taken.
func (c *Coverage) graph(path string) {
	static := engine.StaticPath(c.pipeline, path)
	i := strings.LastIndexByte(static, '.')
	if i < 0 {
		return
	}
	c.hit(static[:i], whatBranch(static[i+1:]))
	c.hit(static[:i], whatDefault(static[i+1:]))
}

func (c *Coverage) step(r *Result, path string, s *Step) {
	static := engine.StaticPath(c.pipeline, path)
	switch n := s.Node.(type) {
	case *ir.Task:
		c.hit(static, whatRan)
		c.attempts(static, n, s)
	case *ir.Stub:
		c.hit(static, whatRan)
	case *ir.Map:
		if s.Size == 0 && s.Status.OK() {
			c.hit(static, whatNone)
		}
		if s.Size > 1 {
			c.hit(static, whatSeveral)
		}
	case *ir.Loop:
		if s.Status.OK() && r.Graphs[ir.Join(path, strconv.Itoa(n.MaxIterations-1))] {
			c.hit(static, whatExhausts)
		} else if s.Status.OK() {
			c.hit(static, whatBreaks)
		}
	case *ir.Parallel, *ir.Conditional, *ir.Nested:
	}
	to := s.Node.Base().OnFailure.Name
	if h := r.Steps[sibling(path, to)]; s.Status == engine.Failed && (to == ir.Success || h != nil && h.Status != "") {
		c.hit(static, whatHandler(to))
	}
}

func (c *Coverage) attempts(static string, n *ir.Task, s *Step) {
	if s.Attempts > 1 {
		c.hit(static, whatRetried)
	}
	if s.Status == engine.Failed && s.Attempts > n.Retry.Limit {
		c.hit(static, whatGivesUp)
	}
	for _, f := range s.Failures {
		if f.Kind == engine.KindTimeout {
			c.hit(static, whatTimeout)
		}
		c.hit(static, whatFailure(string(f.Kind)))
		if f.ExitCode != 0 {
			c.hit(static, whatFailure(strconv.Itoa(f.ExitCode)))
		}
	}
}

// Covered is the number of points that cases have reached.
func (c *Coverage) Covered() int {
	n := 0
	for _, p := range c.Points {
		if p.Hits > 0 {
			n++
		}
	}
	return n
}

// Percent is the share of points that were reached; of nothing, all.
func Percent(covered, points int) float64 {
	if points == 0 {
		return 100
	}
	return 100 * float64(covered) / float64(points)
}

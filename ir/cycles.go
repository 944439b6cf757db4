package ir

import "slices"

// knots returns the strongly connected sets of two nodes or more, each in ascending order, by their first node.
// It is Tarjan's algorithm with a stack of its own. Entries of next below zero are no edges.
func knots(next [][]int) [][]int {
	t := &tarjan{next: next, number: make([]int, len(next)), low: make([]int, len(next)), open: make([]bool, len(next))}
	for i := range next {
		if t.number[i] == 0 {
			t.visit(i)
		}
	}
	slices.SortFunc(t.found, func(a, b []int) int { return a[0] - b[0] })
	return t.found
}

type tarjan struct {
	next   [][]int
	number []int // order of visiting, from 1; 0: not yet
	low    []int // the lowest number that is known to be reachable
	open   []bool
	stack  []int
	count  int
	found  [][]int
}

func (t *tarjan) enter(i int) {
	t.count++
	t.number[i], t.low[i], t.open[i] = t.count, t.count, true
	t.stack = append(t.stack, i)
}

func (t *tarjan) visit(root int) {
	type call struct{ node, edge int }
	t.enter(root)
	for calls := []call{{root, 0}}; len(calls) > 0; {
		top := &calls[len(calls)-1]
		i := top.node
		if top.edge < len(t.next[i]) {
			j := t.next[i][top.edge]
			top.edge++
			switch {
			case j < 0:
			case t.number[j] == 0:
				t.enter(j)
				calls = append(calls, call{j, 0})
			case t.open[j]:
				t.low[i] = min(t.low[i], t.number[j])
			}
			continue
		}
		calls = calls[:len(calls)-1]
		if len(calls) > 0 {
			above := calls[len(calls)-1].node
			t.low[above] = min(t.low[above], t.low[i])
		}
		if t.low[i] == t.number[i] {
			t.leave(i)
		}
	}
}

// leave takes the set whose first visited node is i off the stack.
func (t *tarjan) leave(i int) {
	at := len(t.stack) - 1
	for t.stack[at] != i {
		at--
	}
	set := slices.Clone(t.stack[at:])
	t.stack = t.stack[:at]
	for _, j := range set {
		t.open[j] = false
	}
	if len(set) > 1 {
		slices.Sort(set)
		t.found = append(t.found, set)
	}
}

// shortestCycle returns the nodes of a shortest cycle through the first node of the knot, that node first.
func shortestCycle(next [][]int, knot []int) []int {
	start := knot[0]
	from := make(map[int]int, len(knot)) // the node before, on a shortest way from start
	for _, i := range knot {
		from[i] = Nowhere
	}
	for queue := []int{start}; len(queue) > 0; queue = queue[1:] {
		i := queue[0]
		for _, j := range next[i] {
			before, inside := from[j]
			switch {
			case j == start && i != start:
				cycle := []int{i}
				for i != start {
					i = from[i]
					cycle = append(cycle, i)
				}
				slices.Reverse(cycle)
				return cycle
			case inside && before == Nowhere && j != start:
				from[j] = i
				queue = append(queue, j)
			}
		}
	}
	return knot // not reached: a knot has a cycle through each of its nodes
}

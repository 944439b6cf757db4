//go:build e2e

package compare

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Row is a case in the closing table of a suite.
type Row struct {
	Name    string
	Counts  []int // in the order of the table's
	Seconds float64
	Equal   bool // its trace is that of the run on this machine
}

// Table is the closing table of a suite. Rows may be added from any goroutine.
type Table struct {
	Suite  string
	Counts []string // what is counted of each case, such as jobs
	On     string   // what the suite ran on, such as "by act"

	mu   sync.Mutex
	rows []Row
}

// Add adds a row.
func (t *Table) Add(r Row) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows = append(t.rows, r)
}

// String is the table by name, with the sums in its last line; nothing without rows.
func (t *Table) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rows) == 0 {
		return ""
	}
	slices.SortFunc(t.rows, func(a, b Row) int { return strings.Compare(a.Name, b.Name) })
	var b strings.Builder
	fmt.Fprintf(&b, "%-44s", "case")
	for _, name := range t.Counts {
		fmt.Fprintf(&b, " %8s", name)
	}
	fmt.Fprintf(&b, " %8s  trace equal\n", "seconds")
	equal, sums := 0, make([]int, len(t.Counts))
	for _, r := range t.rows {
		fmt.Fprintf(&b, "%-44s", r.Name)
		for i := range sums {
			n := 0 // of a case that failed before anything was counted
			if i < len(r.Counts) {
				n = r.Counts[i]
			}
			sums[i] += n
			fmt.Fprintf(&b, " %8d", n)
		}
		word := "no"
		if r.Equal {
			word = "yes"
			equal++
		}
		fmt.Fprintf(&b, " %8.1f  %s\n", r.Seconds, word)
	}
	end := []string{fmt.Sprintf("%s %d/%d equal", t.Suite, equal, len(t.rows))}
	for i, name := range t.Counts {
		end = append(end, fmt.Sprintf("%d %s", sums[i], name))
	}
	if t.On != "" {
		end = append(end, t.On)
	}
	return b.String() + strings.Join(end, ", ") + "\n"
}

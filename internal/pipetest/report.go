package pipetest

import (
	"fmt"
	"io"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Version is the version of the form of [Report].
const Version = 1

// Report is what test files came to, as `test --format json` prints it.
type Report struct {
	Version  int        `json:"version"`
	Cases    int        `json:"cases"`
	Failed   int        `json:"failed"`
	Files    []TestFile `json:"files"`
	Coverage Covered    `json:"coverage"`
}

// TestFile is a test file with the results of its cases.
type TestFile struct {
	File     string       `json:"file"`
	Pipeline string       `json:"pipeline"` // the definition
	Cases    []CaseResult `json:"cases"`
}

// CaseResult is the result of a case.
type CaseResult struct {
	Name    string          `json:"name"`
	Line    int             `json:"line"`
	OK      bool            `json:"ok"`
	Status  engine.Status   `json:"status,omitempty"` // of the run; missing: the case did not come to its end
	Failure *engine.Failure `json:"failure,omitempty"`
	Path    []string        `json:"path"`
	Seconds float64         `json:"seconds"` // in virtual time
	Unmet   []Unmet         `json:"unmet,omitempty"`
}

// Unmet is one expectation that is not met, or what kept a case from its end.
type Unmet struct {
	Code    string `json:"code"`
	Place   string `json:"place"` // file:line:column
	Message string `json:"message"`
}

// Covered is what of the definitions the cases have reached.
type Covered struct {
	Points      int                 `json:"points"`
	Covered     int                 `json:"covered"`
	Percent     float64             `json:"percent"`
	Definitions []CoveredDefinition `json:"definitions"`
}

// CoveredDefinition is what of one definition they have reached.
type CoveredDefinition struct {
	File    string         `json:"file"`
	Points  int            `json:"points"`
	Covered int            `json:"covered"`
	Percent float64        `json:"percent"`
	List    []CoveredPoint `json:"list"`
}

// CoveredPoint is one point of a definition.
type CoveredPoint struct {
	Step  string    `json:"step"`
	Kind  PointKind `json:"kind"`
	What  string    `json:"what"`
	Place string    `json:"place"`
	Hits  int       `json:"hits"`
}

// Add takes the result of a case of the file that was added last.
func (r *Report) Add(res *Result) {
	c := CaseResult{
		Name: res.Case.Name, Line: res.Case.Span.Line, OK: res.OK(), Status: res.Status, Failure: res.Failure,
		Path: append([]string{}, res.Path...), Seconds: res.Took.Seconds(),
	}
	for _, d := range res.Unmet.Sorted() {
		c.Unmet = append(c.Unmet, Unmet{d.Code, d.Span.String(), d.Message})
	}
	r.Cases++
	if !c.OK {
		r.Failed++
	}
	file := &r.Files[len(r.Files)-1]
	file.Cases = append(file.Cases, c)
}

// Cover takes the coverage of a definition.
func (r *Report) Cover(file string, c *Coverage) {
	d := CoveredDefinition{File: file, Points: len(c.Points), Covered: c.Covered(), List: []CoveredPoint{}}
	d.Percent = Percent(d.Covered, d.Points)
	for _, p := range c.Points {
		d.List = append(d.List, CoveredPoint{p.Path, p.Kind, p.What, p.Span.String(), p.Hits})
	}
	all := &r.Coverage
	all.Definitions = append(all.Definitions, d)
	all.Points, all.Covered = all.Points+d.Points, all.Covered+d.Covered
	all.Percent = Percent(all.Covered, all.Points)
}

// PrintText prints the report for people.
func PrintText(w io.Writer, r *Report) {
	for _, f := range r.Files {
		fmt.Fprintf(w, "%s\n", f.File)
		for _, c := range f.Cases {
			printCase(w, c)
		}
	}
	for _, d := range r.Coverage.Definitions {
		fmt.Fprintf(w, "\ncoverage of %s: %d of %d (%s)\n", d.File, d.Covered, d.Points, PercentText(d.Percent))
		for _, p := range d.List {
			if p.Hits == 0 {
				fmt.Fprintf(w, "  %s: %s: never: %s\n", p.Place, p.Step, p.What)
			}
		}
	}
	fmt.Fprintf(w, "\n%s\n", r.outcome())
}

func printCase(w io.Writer, c CaseResult) {
	if c.OK {
		fmt.Fprintf(w, "  ✓ %s\n", c.Name)
		return
	}
	fmt.Fprintf(w, "  ✗ %s\n", c.Name)
	for _, u := range c.Unmet {
		fmt.Fprintf(w, "      %s: %s [%s]\n", u.Place, strings.ReplaceAll(u.Message, "\n", "\n        "), u.Code)
	}
	if len(c.Path) > 0 {
		fmt.Fprintf(w, "      path taken: %s\n", short(strings.Join(c.Path, ", ")))
	}
}

// PercentText is a share for people. What is not all is never rounded to 100.
func PercentText(percent float64) string {
	if percent < 100 && percent > 99.9 {
		percent = 99.9
	}
	return fmt.Sprintf("%.1f %%", percent)
}

func (r *Report) outcome() string {
	cases := "1 case"
	if r.Cases != 1 {
		cases = fmt.Sprintf("%d cases", r.Cases)
	}
	if r.Failed == 0 {
		return cases + ": all passed"
	}
	return fmt.Sprintf("%s: %d failed", cases, r.Failed)
}

// Problem is a case that could not begin: what is wrong with its parameters.
func Problem(c *Case, list diag.List) *Result { return &Result{Case: c, Unmet: list} }

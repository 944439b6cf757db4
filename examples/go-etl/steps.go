package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
)

// clean is the file that steps hand on in the catalog.
const clean = "clean.csv"

// Flow is the water of one year, in 10⁸ m³.
type Flow struct {
	Year  int
	Water float64
}

// Source is where the data is.
type Source struct {
	File string `param:"source,optional"` // data/nile.csv where it is not given
}

// Extracted is what there is to look at.
type Extracted struct {
	Decades []int // the first years of the decades
	Rows    int   `param:"rows,metric"`
	Mean    float64
}

// Extract reads the series, checks it, and keeps it clean.
func Extract(_ context.Context, in Source) (Extracted, error) {
	if in.File == "" {
		in.File = "data/nile.csv"
	}
	flows, err := readFlows(in.File)
	if err != nil {
		return Extracted{}, err
	}
	for i, f := range flows[1:] {
		if f.Year != flows[i].Year+1 {
			return Extracted{}, fmt.Errorf("%s: after %d comes %d", in.File, flows[i].Year, f.Year)
		}
	}
	fmt.Printf("%d years, %d to %d\n", len(flows), flows[0].Year, flows[len(flows)-1].Year)
	out := Extracted{Rows: len(flows), Mean: round(mean(flows))}
	for _, f := range flows {
		if d := f.Year / 10 * 10; !slices.Contains(out.Decades, d) {
			out.Decades = append(out.Decades, d)
		}
	}
	return out, writeFlows(clean, flows)
}

// Decade is one of them.
type Decade struct {
	Decade int
}

// Summary is what is known of a decade; the map makes lists of them.
type Summary struct {
	Means  float64
	Driest int // a year
}

// Summarise looks at one decade.
func Summarise(_ context.Context, in Decade) (Summary, error) {
	flows, err := readFlows(clean)
	if err != nil {
		return Summary{}, err
	}
	flows = slices.DeleteFunc(flows, func(f Flow) bool { return f.Year/10*10 != in.Decade })
	if len(flows) == 0 {
		return Summary{}, fmt.Errorf("there are no years in the %ds", in.Decade)
	}
	driest := slices.MinFunc(flows, func(a, b Flow) int { return int(a.Water - b.Water) })
	return Summary{Means: round(mean(flows)), Driest: driest.Year}, nil
}

// Changed says where the series breaks.
type Changed struct {
	Year    int     `param:"change"` // the first year of the second part
	Before  float64 // the means of the parts
	After   float64
	Shift   float64 `param:"shift,metric"`
	Verdict string  `param:"verdict,text"` // changed or steady
}

// Change finds the year that splits the series best in two parts of constant flow, by least squares.
func Change(ctx context.Context, _ struct{}) (Changed, error) {
	flows, err := readFlows(clean)
	if err != nil {
		return Changed{}, err
	}
	best, at := math.Inf(1), 0
	for i := 1; i < len(flows); i++ {
		if err := ctx.Err(); err != nil {
			return Changed{}, err
		}
		if s := squares(flows[:i]) + squares(flows[i:]); s < best {
			best, at = s, i
		}
	}
	out := Changed{Year: flows[at].Year, Before: round(mean(flows[:at])), After: round(mean(flows[at:])), Verdict: "steady"}
	out.Shift = round(out.After - out.Before)
	if best < 0.75*squares(flows) {
		out.Verdict = "changed"
	}
	return out, nil
}

// Judged is the one sentence.
type Judged struct {
	Sentence string
}

// Explain words a change.
func Explain(_ context.Context, change int, before, after float64) (Judged, error) {
	return Judged{fmt.Sprintf("From %d on the Nile carried %.0f instead of %.0f.", change, after, before)}, nil
}

// Steady words that there is none.
func Steady(_ context.Context, mean float64) (Judged, error) {
	return Judged{fmt.Sprintf("The Nile carried %.0f all the time.", mean)}, nil
}

// Load writes the report.
func Load(_ context.Context, in struct {
	Sentence string
	Decades  []int
	Means    []float64
	Driest   []int
}) (struct{}, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# The Nile at Aswan\n\n%s\n\n| decade | mean | driest year |\n| --- | --- | --- |\n", in.Sentence)
	for i, d := range in.Decades {
		fmt.Fprintf(&b, "| %ds | %.1f | %d |\n", d, in.Means[i], in.Driest[i])
	}
	fmt.Print(b.String())
	return struct{}{}, os.WriteFile("report.md", []byte(b.String()), 0o644)
}

func readFlows(file string) ([]Flow, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(rows) < 2 {
		return nil, fmt.Errorf("%s holds no years", file)
	}
	var flows []Flow
	for i, row := range rows[1:] {
		year, err1 := strconv.Atoi(row[0])
		water, err2 := strconv.ParseFloat(row[1], 64)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+2, err)
		}
		flows = append(flows, Flow{year, water})
	}
	return flows, nil
}

func writeFlows(file string, flows []Flow) error {
	var b strings.Builder
	b.WriteString("year,flow\n")
	for _, f := range flows {
		fmt.Fprintf(&b, "%d,%g\n", f.Year, f.Water)
	}
	return os.WriteFile(file, []byte(b.String()), 0o644)
}

func mean(flows []Flow) float64 {
	sum := 0.0
	for _, f := range flows {
		sum += f.Water
	}
	return sum / float64(len(flows))
}

// squares is the sum of the squares of the distances from the mean.
func squares(flows []Flow) float64 {
	m, sum := mean(flows), 0.0
	for _, f := range flows {
		sum += (f.Water - m) * (f.Water - m)
	}
	return sum
}

func round(x float64) float64 { return math.Round(x*100) / 100 }

package app

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/progress"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

// filterFlags say which runs are wanted.
type filterFlags struct {
	pipelines, statuses, tags []string
	since, until              string
}

var statuses = []string{
	string(engine.Success), string(engine.Failed), string(engine.Running), string(engine.Interrupted),
}

func (f *filterFlags) register(a *command, cmd *cobra.Command, in *inputFlags) {
	fs := cmd.Flags()
	fs.StringArrayVar(&f.pipelines, "pipeline", nil, "only runs of this pipeline; * and ? match; may be repeated")
	fs.StringArrayVar(&f.statuses, "status", nil, "only runs with this status: "+strings.Join(statuses, ", ")+"; may be repeated")
	fs.StringArrayVar(&f.tags, "tag", nil, "only runs with this tag; if repeated, with all of them")
	fs.StringVar(&f.since, "since", "", "only runs that started then or later: a date, a time, or how long ago, such as 36h or 7d")
	fs.StringVar(&f.until, "until", "", "only runs that started before; a date counts as a whole")
	complete(cmd, "status", statuses...)
	a.completeStored(cmd, "pipeline", in, pipelinesOf)
	a.completeStored(cmd, "tag", in, tagsOf)
}

// filter reads the flags.
func (f *filterFlags) filter(now time.Time) (runs.Filter, error) {
	out := runs.Filter{Pipelines: f.pipelines, Tags: f.tags}
	for _, s := range f.statuses {
		up := strings.ToUpper(s)
		if err := oneOf("status", up, statuses...); err != nil {
			return out, err
		}
		out.Statuses = append(out.Statuses, engine.Status(up))
	}
	var err error
	if out.Since, err = parseTime("since", f.since, now, false); err != nil {
		return out, err
	}
	out.Until, err = parseTime("until", f.until, now, true)
	return out, err
}

// parseTime reads a date, a time or an age. The end of a date is the beginning of the next day.
func parseTime(flag, text string, now time.Time, end bool) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		if end {
			day = day.AddDate(0, 0, 1)
		}
		return day, nil
	}
	for _, form := range []string{time.RFC3339Nano, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(form, text, time.Local); err == nil {
			return t, nil
		}
	}
	age, err := parseAge(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("--%s %q: write a date (2026-01-31), a time (\"2026-01-31 15:04\"), or how long ago (36h, 7d)", flag, text)
	}
	return now.Add(-age), nil
}

func (a *command) runsListCommand() *cobra.Command {
	var f inputFlags
	var only filterFlags
	var format, order string
	var reverse, parameters bool
	var limit int
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the runs in the store, the newest first",
		Args:    operands(nil, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("format", format, "table", "json", "csv"); err != nil {
				return err
			}
			if parameters && format != "json" {
				return fmt.Errorf("--parameters is for --format json")
			}
			now := time.Now()
			return a.withRuns(cmd.Context(), &f, &only, now, func(l listed) error {
				entries := l.entries
				if err := runs.Sort(entries, order, reverse, now); err != nil {
					return fail(ExitInvalid, "--sort: %w", err)
				}
				if limit > 0 && len(entries) > limit {
					entries = entries[:limit]
				}
				if len(entries) == 0 && format == "table" {
					a.noRuns(l.store, l.all)
					return nil
				}
				if parameters {
					return a.printBegun(cmd.Context(), l.store, entries)
				}
				return printRuns(a.stdout, entries, format, now)
			})
		},
	}
	f.registerStore(cmd)
	only.register(a, cmd, &f)
	fs := cmd.Flags()
	fs.StringVar(&format, "format", "table", "table, json or csv")
	fs.StringVar(&order, "sort", "started", "by "+strings.Join(runs.Orders(), ", ")+", or a metric")
	fs.BoolVar(&reverse, "reverse", false, "reverse the order")
	fs.IntVarP(&limit, "limit", "n", 50, "show at most this many; 0: all")
	fs.BoolVar(&parameters, "parameters", false, "with --format json: also the initial parameters of each run")
	complete(cmd, "format", "table", "json", "csv")
	complete(cmd, "sort", runs.Orders()...)
	return cmd
}

// noRuns says why a list is empty.
func (a *command) noRuns(st *store.Store, all int) {
	if all == 0 {
		fmt.Fprintf(a.stderr, "no runs in %s yet; --store names another place\n", st)
		return
	}
	fmt.Fprintf(a.stderr, "none of the %s in %s matches\n", plural(all, "run"), st)
}

// begun is a run of a list with the parameters that it began with.
type begun struct {
	runs.Entry
	Parameters runs.Values `json:"parameters"`
}

// printBegun prints runs with the parameters that they began with, which stand in the header of each.
func (a *command) printBegun(ctx context.Context, st *store.Store, entries []runs.Entry) error {
	list := make([]begun, len(entries))
	err := st.Each(ctx, len(entries), func(ctx context.Context, i int) error {
		h, err := st.Header(ctx, entries[i].RunID)
		if err != nil {
			return err
		}
		list[i].Entry = entries[i]
		list[i].Parameters, err = runs.Whole(h.Parameters, st.Blobs(ctx))
		return err
	})
	if err != nil {
		return err
	}
	return indented(a.stdout, list)
}

func printRuns(w io.Writer, entries []runs.Entry, format string, now time.Time) error {
	switch format {
	case "json":
		return indented(w, entries)
	case "csv":
		return runsCSV(w, entries)
	}
	rows := [][]string{{"RUN", "PIPELINE", "TARGET", "STATUS", "STARTED", "TOOK", "TAGS"}}
	for _, e := range entries {
		took := ""
		if d := e.Took(now); d > 0 {
			took = progress.Duration(d)
		}
		rows = append(rows, []string{
			e.RunID, progress.Text(e.Pipeline), e.Target, progress.Text(string(e.Status)), e.Started.Local().Format(time.DateTime), took, strings.Join(e.Tags, ","),
		})
	}
	return table(w, rows)
}

// table writes rows in columns, without blanks at the ends of lines.
func table(w io.Writer, rows [][]string) error {
	var text bytes.Buffer
	t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = progress.Text(c) // whoever writes to the store chose the names
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	_ = t.Flush()
	for line := range bytes.Lines(text.Bytes()) {
		if _, err := fmt.Fprintf(w, "%s\n", bytes.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// runsCSV writes a column for each metric that any of the runs has.
func runsCSV(w io.Writer, entries []runs.Entry) error {
	var metrics []string
	for _, e := range entries {
		for _, n := range e.Metrics {
			if !slices.Contains(metrics, n.Name) {
				metrics = append(metrics, n.Name)
			}
		}
	}
	slices.Sort(metrics)
	c := csv.NewWriter(w)
	_ = c.Write(append([]string{"run_id", "pipeline", "target", "status", "started", "ended", "seconds", "tags", "failed_step"}, metrics...))
	for _, e := range entries {
		ended, seconds := "", ""
		if !e.Ended.IsZero() {
			ended, seconds = e.Ended.UTC().Format(time.RFC3339Nano), strconv.FormatFloat(e.Ended.Sub(e.Started).Seconds(), 'f', 3, 64)
		}
		row := []string{e.RunID, e.Pipeline, e.Target, string(e.Status), e.Started.UTC().Format(time.RFC3339Nano), ended, seconds, strings.Join(e.Tags, " "), e.Failed}
		for _, m := range metrics {
			text := ""
			if v, ok := e.Metric(m); ok {
				text = number(v)
			}
			row = append(row, text)
		}
		_ = c.Write(row)
	}
	c.Flush()
	return c.Error()
}

// number is a number's shortest text.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

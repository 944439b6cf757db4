package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

func (a *command) runsBestCommand() *cobra.Command {
	var f inputFlags
	var only filterFlags
	var metric, format string
	var least bool
	var limit int
	cmd := &cobra.Command{
		Use:   "best --metric NAME",
		Short: "List the successful runs by a metric, the best first",
		Args:  operands(nil, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("format", format, "table", "json"); err != nil {
				return err
			}
			if metric == "" {
				return fmt.Errorf("--metric is not given")
			}
			return a.withRuns(cmd.Context(), &f, &only, time.Now(), func(l listed) error {
				best := runs.Best(l.entries, metric, least)
				if len(best) == 0 {
					return noMetric(l.entries, metric)
				}
				if limit > 0 && len(best) > limit {
					best = best[:limit]
				}
				return a.printBest(cmd.Context(), l.store, best, metric, format)
			})
		},
	}
	f.registerStore(cmd)
	only.register(a, cmd, &f)
	fs := cmd.Flags()
	fs.StringVar(&metric, "metric", "", "name of the metric; loss.train is the number train of the metric loss")
	fs.BoolVar(&least, "min", false, "the best value is the smallest")
	a.completeStored(cmd, "metric", &f, metricsOf)
	fs.IntVarP(&limit, "limit", "n", 10, "show at most this many; 0: all")
	fs.StringVar(&format, "format", "table", "table or json")
	complete(cmd, "format", "table", "json")
	return cmd
}

// noMetric is the error for a metric that no successful run has.
func noMetric(entries []runs.Entry, name string) error {
	var known []string
	for _, s := range runs.History(entries) {
		known = append(known, s.Name)
	}
	if len(known) == 0 {
		return fail(ExitInvalid, "no run here has a metric that is a number; a step returns one with {name: %s, kind: metric}", name)
	}
	return fail(ExitInvalid, "no successful run has the metric %q; there are %s", name, strings.Join(known, ", "))
}

// printBest shows runs with the metric and the parameters that they began with.
func (a *command) printBest(ctx context.Context, st *store.Store, best []runs.Entry, metric, format string) error {
	if format == "json" {
		return indented(a.stdout, best)
	}
	rows := [][]string{{"RUN", strings.ToUpper(metric), "PIPELINE", "STARTED", "TAGS", "PARAMETERS"}}
	for _, e := range best {
		h, err := st.Header(ctx, e.RunID)
		if err != nil { // the index knew it
			a.tellUnread([]runs.Unread{{RunID: e.RunID, Err: err}})
			continue
		}
		var params []string
		for _, p := range h.Parameters {
			params = append(params, p.Name+"="+cutText(string(p.Value.JSON), 24))
		}
		v, _ := e.Metric(metric)
		rows = append(rows, []string{
			e.RunID, number(v), e.Pipeline, e.Started.Local().Format(time.DateTime), strings.Join(e.Tags, ","), cutText(strings.Join(params, " "), 120),
		})
	}
	return table(a.stdout, rows)
}

func cutText(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func (a *command) runsMetricsCommand() *cobra.Command {
	var f inputFlags
	var only filterFlags
	var run, format string
	cmd := &cobra.Command{
		Use:   "metrics [NAME]",
		Short: "Show how metrics changed, from run to run or within one run",
		Long: `Show how metrics changed over time. Without NAME each metric gets a line with its last, smallest and largest
value; with NAME each value gets a line. --run RUN shows how the metrics of one run changed while it ran, for example in
the iterations of a loop.`,
		Args: operands(nil, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "table", "json"); err != nil {
				return err
			}
			name := ""
			if len(args) == 1 {
				name = args[0]
			}
			if run == "" {
				return a.withRuns(cmd.Context(), &f, &only, time.Now(), func(l listed) error {
					return a.printSeries(runs.History(l.entries), name, format)
				})
			}
			return a.withRun(cmd.Context(), &f, run, func(st *store.Store, run string) error {
				d, err := a.readRun(cmd.Context(), st, run)
				if err != nil {
					return err
				}
				return a.printSeries(d.Course(), name, format)
			})
		},
	}
	f.registerStore(cmd)
	only.register(a, cmd, &f)
	fs := cmd.Flags()
	fs.StringVar(&run, "run", "", "how the metrics of this run changed while it ran")
	a.completeStored(cmd, "run", &f, runWords)
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return a.inStore(cmd.Context(), &f, metricsOf), cobra.ShellCompDirectiveNoFileComp
	}
	fs.StringVar(&format, "format", "table", "table or json")
	complete(cmd, "format", "table", "json")
	return cmd
}

// printSeries prints every metric in short, or the values of the one that is named, which may be a mapping.
func (a *command) printSeries(series []runs.Series, name, format string) error {
	if name != "" {
		series = slices.DeleteFunc(series, func(s runs.Series) bool { return s.Name != name && !strings.HasPrefix(s.Name, name+".") })
		if len(series) == 0 {
			return fail(ExitInvalid, "there is no metric %q; omit the name to list all metrics", name)
		}
	}
	if format == "json" {
		return indented(a.stdout, series)
	}
	if len(series) == 0 {
		fmt.Fprintln(a.stderr, "no metrics: a step returns one with kind: metric, and numbers are shown")
		return nil
	}
	if name == "" {
		rows := [][]string{{"METRIC", "VALUES", "LAST", "LEAST", "GREATEST", ""}}
		for _, s := range series {
			values := s.Values()
			rows = append(rows, []string{s.Name, fmt.Sprint(len(values)), number(values[len(values)-1]), number(slices.Min(values)), number(slices.Max(values)), sparkline(values, 30)})
		}
		return table(a.stdout, rows)
	}
	rows := [][]string{{"TIME", "RUN", "STEP", "METRIC", "VALUE"}}
	for _, s := range series {
		for _, p := range s.Points {
			rows = append(rows, []string{p.At.Local().Format(time.DateTime), p.RunID, p.Step, s.Name, number(p.Value)})
		}
	}
	return table(a.stdout, rows)
}

// sparkline draws the last n values, from the least to the greatest of them.
func sparkline(values []float64, n int) string {
	const bars = "▁▂▃▄▅▆▇█"
	values = values[max(0, len(values)-n):]
	low, high := slices.Min(values), slices.Max(values)
	var b strings.Builder
	for _, v := range values {
		level := 0
		if high > low {
			level = int((v - low) / (high - low) * 7.999)
		}
		b.WriteRune([]rune(bars)[level])
	}
	return b.String()
}

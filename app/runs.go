package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/diff"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/lineage"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

// runsCommand groups what looks at runs that are in the store.
func (a *command) runsCommand() *cobra.Command {
	return group("runs", "List, show, compare and manage the runs in a store",
		a.runsListCommand(), a.runsShowCommand(), a.runsTimelineCommand(), a.runsLogsCommand(), a.runsGetCommand(), a.runsCompareCommand(),
		a.runsBestCommand(), a.runsMetricsCommand(), a.runsTagCommand(), a.runsExportCommand(), a.runsLineageCommand(), a.runsRemoveCommand())
}

// withStore opens the store that the flags and the configuration name, else the default one.
func (a *command) withStore(ctx context.Context, f *inputFlags, do func(*store.Store) error) error {
	st, err := a.openStore(ctx, f, "")
	if err != nil {
		return err
	}
	defer st.Close()
	return storeError(do(st))
}

func (a *command) runsShowCommand() *cobra.Command {
	var f inputFlags
	var format string
	var all bool
	cmd := &cobra.Command{
		Use:   "show RUN",
		Short: "Show the result of a run: its steps as a tree, with what each returned and put",
		Args:  operands([]string{"RUN"}, 0),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "json", "trace"); err != nil {
				return err
			}
			return a.withRun(cmd.Context(), &f, args[0], func(st *store.Store, run string) error {
				return a.showRun(cmd.Context(), st, &f, run, format, all)
			})
		},
	}
	f.registerStore(cmd)
	a.completeRuns(cmd, &f, false, nil)
	cmd.Flags().StringVar(&format, "format", "text", "text, json, or trace: the canonical trace, equal on every target")
	cmd.Flags().BoolVar(&all, "all", false, "every step of a large run")
	complete(cmd, "format", "text", "json", "trace")
	return cmd
}

func (a *command) showRun(ctx context.Context, st *store.Store, f *inputFlags, id, format string, all bool) error {
	if format == "trace" {
		trace, err := runs.Trace(ctx, st, id)
		if err != nil {
			return err
		}
		_, err = io.WriteString(a.stdout, trace)
		return err
	}
	d, err := a.readRun(ctx, st, id)
	if err != nil {
		return err
	}
	d.Summary.Commands = a.commands(d.Summary, where{store: st, flags: f})
	if format == "json" {
		return a.printSummary(d.Summary, format)
	}
	d.PrintTree(a.stdout, a.printOptions(), all)
	return nil
}

// printOptions are how things are printed on this stdout.
func (a *command) printOptions() runs.PrintOptions {
	return runs.PrintOptions{Width: width(a.stdout), Color: colours(a.stdout)}
}

func (a *command) runsTimelineCommand() *cobra.Command {
	var f inputFlags
	var format string
	var all bool
	cmd := &cobra.Command{
		Use:   "timeline RUN",
		Short: "Show when each attempt waited and worked, and the critical path",
		Args:  operands([]string{"RUN"}, 0),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			return a.withRun(cmd.Context(), &f, args[0], func(st *store.Store, run string) error {
				d, err := a.readRun(cmd.Context(), st, run)
				if err != nil {
					return err
				}
				t := d.Timeline(time.Now().UTC())
				if format == "json" {
					return indented(a.stdout, t)
				}
				t.Print(a.stdout, a.printOptions(), all)
				return nil
			})
		},
	}
	f.registerStore(cmd)
	a.completeRuns(cmd, &f, false, nil)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().BoolVar(&all, "all", false, "every attempt of a large run")
	complete(cmd, "format", "text", "json")
	return cmd
}

func (a *command) runsCompareCommand() *cobra.Command {
	var f inputFlags
	var format string
	var all bool
	cmd := &cobra.Command{
		Use:   "compare RUN RUN…",
		Short: "Compare runs: parameters, metrics, returns, files by hash, code, definitions, durations",
		Args:  manyRuns(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			return a.withNamed(cmd.Context(), &f, args, func(st *store.Store, ids []string) error {
				if err := distinct(ids); err != nil {
					return err
				}
				var list []*runs.Details
				for _, run := range ids {
					d, err := a.readRun(cmd.Context(), st, run)
					if err != nil {
						return err
					}
					list = append(list, d)
				}
				c, err := runs.Compare(list)
				if err != nil {
					return err
				}
				changed := definitionsOf(list)
				if format == "json" {
					return indented(a.stdout, comparison{c, changed})
				}
				c.Print(a.stdout, a.printOptions(), all)
				if len(changed) > 0 {
					fmt.Fprintln(a.stdout)
					diff.PrintText(plain{a.stdout}, changed)
				}
				return nil
			})
		},
	}
	f.registerStore(cmd)
	a.completeRuns(cmd, &f, true, nil)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	cmd.Flags().BoolVar(&all, "all", false, "also show what is equal in all runs")
	complete(cmd, "format", "text", "json")
	return cmd
}

// comparison is a comparison of runs as JSON.
type comparison struct {
	*runs.Comparison
	Definitions []*diff.Report `json:"definitions"`
}

// definitionsOf compares the definition of each run with that of the one before it, where both are of one pipeline.
func definitionsOf(list []*runs.Details) []*diff.Report {
	out := []*diff.Report{}
	for i, after := range list[1:] {
		before := list[i]
		if before.Pipeline.Name != after.Pipeline.Name {
			continue
		}
		if c := diff.Compare(before.Pipeline, after.Pipeline); len(c.Changes) > 0 {
			out = append(out, reportOf("run "+before.Summary.RunID, "run "+after.Summary.RunID, c, nil))
		}
	}
	return out
}

// export is everything that the store knows of a run but its logs and blobs.
type export struct {
	Header  engine.Header   `json:"run"`
	Summary *runs.Summary   `json:"summary"`
	Records []engine.Record `json:"records"`
}

func (a *command) runsExportCommand() *cobra.Command {
	var f inputFlags
	var format string
	cmd := &cobra.Command{
		Use:   "export RUN",
		Short: "Print everything known about a run, as JSON or as OpenLineage events",
		Args:  operands([]string{"RUN"}, 0),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "json", "openlineage"); err != nil {
				return err
			}
			return a.withRun(cmd.Context(), &f, args[0], func(st *store.Store, run string) error {
				d, err := a.readRun(cmd.Context(), st, run)
				if err != nil {
					return err
				}
				if format == "json" {
					return indented(a.stdout, export{d.Header, d.Summary, d.Records})
				}
				e := json.NewEncoder(a.stdout)
				for _, event := range lineage.OpenLineage(d, st.String()) {
					if err := e.Encode(event); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	f.registerStore(cmd)
	a.completeRuns(cmd, &f, false, nil)
	cmd.Flags().StringVar(&format, "format", "json", "json, or openlineage: one event per line")
	complete(cmd, "format", "json", "openlineage")
	return cmd
}

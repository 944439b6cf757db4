package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/engine"
	"github.com/runnable-render/runnable-render/progress"
	"github.com/runnable-render/runnable-render/runs"
	"github.com/runnable-render/runnable-render/store"
)

// runsCommand groups what looks at runs that are in the store.
func (a *command) runsCommand() *cobra.Command {
	return group("runs", "List runs, show one, print its logs",
		a.runsListCommand(), a.runsShowCommand(), a.runsLogsCommand(), a.runsExportCommand(), a.runsLineageCommand())
}

// withStore opens the store that the flags and the configuration name.
func (a *command) withStore(ctx context.Context, f *inputFlags, do func(*store.Store) error) error {
	st, err := a.openStore(ctx, f)
	if err != nil {
		return err
	}
	defer st.Close()
	return storeError(do(st))
}

func (a *command) runsListCommand() *cobra.Command {
	var f inputFlags
	var format string
	var limit int
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the runs in the store, the newest first",
		Args:    operands(nil, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("format", format, "table", "json"); err != nil {
				return err
			}
			return a.withStore(cmd.Context(), &f, func(st *store.Store) error {
				lines, err := listRuns(cmd.Context(), st, limit)
				if err != nil {
					return err
				}
				if len(lines) == 0 && format == "table" {
					fmt.Fprintf(a.stderr, "no runs in %s yet; --store names another place\n", st)
					return nil
				}
				return printRuns(a.stdout, lines, format)
			})
		},
	}
	f.registerStore(cmd)
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	cmd.Flags().IntVarP(&limit, "limit", "n", 50, "at most so many; 0: all")
	complete(cmd, "format", "table", "json")
	return cmd
}

// listRuns returns the runs of a store, the newest first.
func listRuns(ctx context.Context, st *store.Store, limit int) ([]runs.Entry, error) {
	ids, err := st.Runs(ctx)
	if err != nil {
		return nil, err
	}
	lines := make([]runs.Entry, 0, len(ids))
	for _, id := range ids {
		line, _, err := runs.EntryOf(ctx, st, id)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	slices.SortStableFunc(lines, func(x, y runs.Entry) int { return y.Started.Compare(x.Started) })
	if limit > 0 && len(lines) > limit {
		lines = lines[:limit]
	}
	return lines, nil
}

func printRuns(w io.Writer, lines []runs.Entry, format string) error {
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(lines)
	}
	var table bytes.Buffer
	t := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RUN\tPIPELINE\tTARGET\tSTATUS\tSTARTED\tTOOK\tTAGS")
	for _, l := range lines {
		took := ""
		if d := l.Took(time.Now()); d > 0 {
			took = progress.Duration(d)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.RunID, l.Pipeline, l.Target, l.Status, l.Started.Local().Format(time.DateTime), took, strings.Join(l.Tags, ","))
	}
	_ = t.Flush()
	for line := range bytes.Lines(table.Bytes()) { // an empty last column leaves blanks
		if _, err := fmt.Fprintf(w, "%s\n", bytes.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

func (a *command) runsShowCommand() *cobra.Command {
	var f inputFlags
	var format string
	cmd := &cobra.Command{
		Use:   "show RUN",
		Short: "Show what a run came to",
		Args:  operands([]string{"RUN"}, 0),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "json", "trace"); err != nil {
				return err
			}
			return a.withStore(cmd.Context(), &f, func(st *store.Store) error {
				return a.showRun(cmd.Context(), st, &f, args[0], format)
			})
		},
	}
	f.registerStore(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text, json, or trace: the canonical trace, equal on every target")
	complete(cmd, "format", "text", "json", "trace")
	return cmd
}

func (a *command) showRun(ctx context.Context, st *store.Store, f *inputFlags, id, format string) error {
	if format == "trace" {
		trace, err := runs.Trace(ctx, st, id)
		if err != nil {
			return err
		}
		_, err = io.WriteString(a.stdout, trace)
		return err
	}
	r, err := runs.Of(ctx, st, id)
	if err != nil {
		return err
	}
	r.Summary.Commands = a.commands(r.Summary, where{store: st, flags: f})
	return a.printSummary(r.Summary, format)
}

func (a *command) runsLogsCommand() *cobra.Command {
	var f inputFlags
	cmd := &cobra.Command{
		Use:   "logs RUN [STEP]",
		Short: "Print the logs of a run, or of one step and what is inside it",
		Args:  operands([]string{"RUN"}, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withStore(cmd.Context(), &f, func(st *store.Store) error {
				step := ""
				if len(args) == 2 {
					step = args[1]
				}
				return a.logs(cmd.Context(), st, args[0], step)
			})
		},
	}
	f.registerStore(cmd)
	return cmd
}

// logs prints the logs of the steps at and below a path, in start order, each line with its step's path.
func (a *command) logs(ctx context.Context, st *store.Store, run, path string) error {
	if _, err := st.Header(ctx, run); err != nil {
		return err
	}
	starts, err := st.ListStarts(ctx, run)
	if err != nil {
		return err
	}
	slices.SortStableFunc(starts, func(x, y store.Start) int { return x.Started.Compare(y.Started) })
	found := false
	for _, s := range starts {
		if path != "" && s.Path != path && (len(s.Path) <= len(path) || s.Path[:len(path)+1] != path+".") {
			continue
		}
		found = true
		if err := a.log(ctx, st, run, s); err != nil {
			return err
		}
	}
	if !found {
		return fail(ExitInvalid, "run %s has no step %q that has started; `%s runs show %s` lists them", run, path, a.Name, run)
	}
	return nil
}

func (a *command) log(ctx context.Context, st *store.Store, run string, s store.Start) error {
	kept, err := st.OpenLog(ctx, run, s.Path, s.Attempt)
	if errors.Is(err, os.ErrNotExist) {
		return nil // a stub, or a step that failed before its command
	}
	if err != nil {
		return err
	}
	defer kept.Close()
	prefix := s.Path + " | "
	if s.Attempt > 1 {
		prefix = fmt.Sprintf("%s #%d | ", s.Path, s.Attempt)
	}
	return prefixed(a.stdout, kept, prefix)
}

// prefixed copies a log with a prefix before each line, whatever the lines' length.
func prefixed(w io.Writer, r io.Reader, prefix string) error {
	in, out := bufio.NewReaderSize(r, 64<<10), bufio.NewWriter(w)
	for fresh := true; ; {
		piece, more, err := in.ReadLine()
		if errors.Is(err, io.EOF) {
			return out.Flush()
		}
		if err != nil {
			return err
		}
		if fresh {
			_, _ = out.WriteString(prefix)
		}
		_, _ = out.Write(piece)
		if fresh = !more; fresh {
			_ = out.WriteByte('\n')
		}
	}
}

// export is everything that the store knows of a run but its logs and blobs.
type export struct {
	Header  engine.Header   `json:"run"`
	Summary *runs.Summary   `json:"summary"`
	Records []engine.Record `json:"records"`
}

func (a *command) runsExportCommand() *cobra.Command {
	var f inputFlags
	cmd := &cobra.Command{
		Use:   "export RUN",
		Short: "Print everything that is known of a run as JSON",
		Args:  operands([]string{"RUN"}, 0),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withStore(cmd.Context(), &f, func(st *store.Store) error {
				r, err := runs.Of(cmd.Context(), st, args[0])
				if err != nil {
					return err
				}
				records, err := st.ListRecords(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				e := json.NewEncoder(a.stdout)
				e.SetEscapeHTML(false)
				e.SetIndent("", "  ")
				return e.Encode(export{r.Header, r.Summary, records})
			})
		},
	}
	f.registerStore(cmd)
	return cmd
}

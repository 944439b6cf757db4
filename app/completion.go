package app

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/runs/index"
	"github.com/runnable-render/runnable-render/internal/store"
)

const (
	completionLimit = 3 * time.Second // a bucket that does not answer must not hold up a shell
	mostCompleted   = 100             // runs, the newest
)

// ofRun lists what of a run can stand next on the command line.
type ofRun func(ctx context.Context, st *store.Store, run string) []string

// completeRuns completes operands from a store: each is a run where many is set, else the first is one, and next lists what
// the second can be.
func (a *command) completeRuns(cmd *cobra.Command, f *inputFlags, many bool, next ofRun) {
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		var words []string
		switch {
		case many || len(args) == 0:
			words = a.inStore(cmd.Context(), f, runWords)
		case len(args) == 1 && next != nil:
			words = a.inRun(cmd.Context(), f, args[0], next)
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeStored completes a flag by what the runs of a store have.
func (a *command) completeStored(cmd *cobra.Command, flag string, f *inputFlags, list func([]runs.Entry) []string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return a.inStore(cmd.Context(), f, list), cobra.ShellCompDirectiveNoFileComp
	})
}

// completeOfRun completes a flag by what the run that is the first operand has.
func (a *command) completeOfRun(cmd *cobra.Command, flag string, f *inputFlags, list ofRun) {
	_ = cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return a.inRun(cmd.Context(), f, args[0], list), cobra.ShellCompDirectiveNoFileComp
	})
}

// inStore lists what the runs of a store have. Where the store cannot be read there is nothing to complete.
func (a *command) inStore(ctx context.Context, f *inputFlags, list func([]runs.Entry) []string) (words []string) {
	_ = a.quietly(ctx, func(ctx context.Context, quiet *command) error {
		st, err := quiet.openStore(ctx, f, "")
		if err != nil {
			return err
		}
		defer st.Close()
		entries, _, err := index.Runs(ctx, st)
		words = list(entries) // none where they cannot be listed
		return err
	})
	return words
}

// inRun lists what a run has.
func (a *command) inRun(ctx context.Context, f *inputFlags, ref string, list ofRun) (words []string) {
	_ = a.quietly(ctx, func(ctx context.Context, quiet *command) error {
		return quiet.withRun(ctx, f, ref, func(st *store.Store, run string) error {
			words = list(ctx, st, run)
			return nil
		})
	})
	return words
}

// quietly does something with a limit of time and without a word.
func (a *command) quietly(ctx context.Context, do func(context.Context, *command) error) error {
	ctx, cancel := context.WithTimeout(ctx, completionLimit)
	defer cancel()
	quiet := *a
	quiet.stderr = io.Discard
	return do(ctx, &quiet)
}

// runWords are the words that name runs: those for the newest, ids, and tags that one run alone has.
func runWords(entries []runs.Entry) []string {
	words := []string{runs.Latest + "\tthe newest run", runs.LastFailed + "\tthe newest run that failed"}
	carried := map[string]int{}
	for _, e := range entries {
		for _, tag := range e.Tags {
			carried[tag]++
		}
	}
	for _, e := range entries[:min(len(entries), mostCompleted)] {
		about := "\t" + e.Pipeline + ", " + string(e.Status) + ", " + e.Started.Local().Format(time.DateTime)
		words = append(words, e.RunID+about)
		for _, tag := range e.Tags {
			if carried[tag] == 1 {
				words = append(words, tag+about)
			}
		}
	}
	return words
}

// stepsOf are the paths of a run's steps.
func stepsOf(ctx context.Context, st *store.Store, run string) []string {
	d, err := runs.Of(ctx, st, run)
	if err != nil {
		return nil
	}
	var paths []string
	for _, s := range d.Summary.Steps {
		paths = append(paths, s.Path+"\t"+s.Kind+", "+string(s.Status))
	}
	return paths
}

// catalogOf are the paths of the files that a run put.
func catalogOf(ctx context.Context, st *store.Store, run string) []string {
	files, err := filesOf(ctx, st, run, "", "")
	if err != nil {
		return nil
	}
	var paths []string
	for _, f := range files {
		paths = append(paths, f.Path)
	}
	return slices.Compact(paths)
}

// tagsOf, pipelinesOf and metricsOf are the names of what runs have.
func tagsOf(entries []runs.Entry) []string {
	return names(entries, func(e runs.Entry) []string { return e.Tags })
}

func pipelinesOf(entries []runs.Entry) []string {
	return names(entries, func(e runs.Entry) []string { return []string{e.Pipeline} })
}

func metricsOf(entries []runs.Entry) []string {
	return names(entries, func(e runs.Entry) []string {
		var all []string
		for _, n := range e.Metrics {
			all = append(all, n.Name)
		}
		return all
	})
}

func names(entries []runs.Entry, of func(runs.Entry) []string) []string {
	var all []string
	for _, e := range entries {
		all = append(all, of(e)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

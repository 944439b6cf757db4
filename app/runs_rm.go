package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

func (a *command) runsRemoveCommand() *cobra.Command {
	var f inputFlags
	var force bool
	cmd := &cobra.Command{
		Use:   "rm RUN…",
		Short: "Remove runs: their records and logs; store gc removes the data that only they used",
		Long: `Remove runs: their records and logs. Their files and values stay until store gc removes those that nothing refers
to. A run that is going on cannot be removed. --force removes a run without a recorded end, such as one whose workflow
was deleted, or a damaged one, but never one whose process is alive on this machine.`,
		Args: manyRuns(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withNamed(cmd.Context(), &f, args, func(st *store.Store, ids []string) error {
				if err := distinct(ids); err != nil {
					return err
				}
				for _, run := range ids { // all of them or none, as far as can be told now
					if err := a.removable(cmd.Context(), st, run, force); err != nil {
						return err
					}
				}
				for _, run := range ids {
					if err := st.RemoveRun(cmd.Context(), run); err != nil {
						return err
					}
					fmt.Fprintf(a.stdout, "removed %s\n", run)
				}
				return nil
			})
		},
	}
	f.registerStore(cmd)
	a.completeRuns(cmd, &f, true, nil)
	cmd.Flags().BoolVar(&force, "force", false, "also remove a run without a recorded end, or a damaged one")
	return cmd
}

// removable refuses a run that is not there, is going on, or cannot be read.
func (a *command) removable(ctx context.Context, st *store.Store, run string, force bool) error {
	e, _, err := runs.EntryOf(ctx, st, run)
	damaged := store.Corrupted(err)
	switch {
	case damaged && !force:
		return fail(ExitEnvironment, "%w; `runs rm --force` removes the run as it is", err)
	case err != nil && !damaged:
		return err
	case !damaged && e.Status != engine.Running:
		return nil
	}
	owner, err := st.Owner(ctx, run)
	if err != nil && !store.Corrupted(err) {
		return err
	}
	alive := owner != nil && owner.Alive()
	switch {
	case !damaged && a.over(ctx, st, run):
		return nil
	case alive && owner.Known():
		return fail(ExitInvalid, "run %s is going on in process %d on this machine; stop it first", run, owner.PID)
	case alive && !force:
		return fail(ExitInvalid, "run %s is going on in process %d on %s, as far as is known; stop it first, or pass --force if you know that it has ended", run, owner.PID, owner.Host)
	case !force:
		return fail(ExitInvalid, "run %s (%s) is going on, as far as is known; stop it first, or pass --force if you know that it has ended", run, e.Target)
	}
	return nil
}

// manyRuns takes at least n operands, each a run.
func manyRuns(n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < n {
			if n > 1 {
				return fmt.Errorf("want %d runs or more", n)
			}
			return fmt.Errorf("RUN is not given")
		}
		for _, run := range args {
			if err := runs.CheckReference(run); err != nil {
				return err
			}
		}
		return nil
	}
}

func (a *command) runsTagCommand() *cobra.Command {
	var f inputFlags
	var remove []string
	cmd := &cobra.Command{
		Use:   "tag RUN [TAG…]",
		Short: "Add tags to a run, or remove them",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("RUN is not given")
			}
			for _, tag := range args[1:] {
				if err := store.CheckTag(tag); err != nil {
					return err
				}
			}
			return runs.CheckReference(args[0])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && len(remove) == 0 {
				return fmt.Errorf("neither a TAG nor --remove is given")
			}
			return a.withRun(cmd.Context(), &f, args[0], func(st *store.Store, run string) error {
				h, err := st.Header(cmd.Context(), run)
				if err != nil {
					return err
				}
				for _, tag := range args[1:] {
					if !slices.Contains(h.Tags, tag) {
						h.Tags = append(h.Tags, tag)
					}
				}
				h.Tags = slices.DeleteFunc(h.Tags, func(tag string) bool { return slices.Contains(remove, tag) })
				return st.PutHeader(cmd.Context(), h)
			})
		},
	}
	f.registerStore(cmd)
	a.completeRuns(cmd, &f, false, nil)
	cmd.Flags().StringArrayVar(&remove, "remove", nil, "remove this tag; may be repeated")
	return cmd
}

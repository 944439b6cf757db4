package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/lineage"
	"github.com/runnable-render/runnable-render/internal/store"
)

func (a *command) runsLineageCommand() *cobra.Command {
	var f inputFlags
	var format string
	cmd := &cobra.Command{
		Use:   "lineage RUN NAME|FILE, lineage HASH",
		Short: "Show where a parameter or file of a run came from, or which runs created or used the content with a given hash",
		Args:  operands([]string{"RUN or HASH"}, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "text", "json", "mermaid"); err != nil {
				return err
			}
			if len(args) == 1 {
				return a.withStore(cmd.Context(), &f, func(st *store.Store) error {
					return a.searchHash(cmd.Context(), st, args[0], format)
				})
			}
			return a.withRun(cmd.Context(), &f, args[0], func(st *store.Store, run string) error {
				return a.lineage(cmd.Context(), st, run, args[1], format)
			})
		},
	}
	f.registerStore(cmd)
	a.completeRuns(cmd, &f, false, namesOf)
	cmd.Flags().StringVar(&format, "format", "text", "text, json or mermaid")
	complete(cmd, "format", "text", "json", "mermaid")
	return cmd
}

func (a *command) lineage(ctx context.Context, st *store.Store, run, name, format string) error {
	l, err := lineage.Of(ctx, st, run, name)
	if errors.Is(err, lineage.ErrUnknown) {
		return &exit{ExitInvalid, err}
	}
	if err != nil {
		return err
	}
	switch format {
	case "json":
		return indented(a.stdout, l)
	case "mermaid":
		return l.Mermaid(plain{a.stdout})
	}
	return l.Text(plain{a.stdout})
}

// searchHash lists where something with the hash was made or used.
func (a *command) searchHash(ctx context.Context, st *store.Store, hash, format string) error {
	switch {
	case !lineage.IsHash(hash):
		return fail(ExitInvalid, "%q is not a hash of at least %d hex digits; for a run write `%s runs lineage RUN NAME`", hash, lineage.MinPrefix, a.Name)
	case format == "mermaid":
		return fail(ExitInvalid, "--format mermaid is for the lineage of a name; a hash has text and json")
	}
	uses, unread, err := lineage.Search(ctx, st, hash)
	if err != nil {
		return err
	}
	a.tellUnread(unread)
	if format == "json" {
		return indented(a.stdout, uses)
	}
	if len(uses) == 0 {
		return fail(ExitInvalid, "no run in %s made or used anything with the hash %s", st, hash)
	}
	t := tabwriter.NewWriter(plain{a.stdout}, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RUN\tSTEP\t\tKIND\tNAME\tSHA256")
	for _, u := range uses {
		where := "(initial)"
		if u.Step != "" {
			where = fmt.Sprintf("%s#%d", u.Step, u.Attempt)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%.12s\n", u.Run, where, u.What, u.Kind, u.Name, u.Hash)
	}
	return t.Flush()
}

func indented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

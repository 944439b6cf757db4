package app

import (
	"cmp"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/store"
)

// fileChange is a file that two runs put differently.
type fileChange struct {
	Path   string `json:"path"`
	Step   string `json:"step"`
	Change string `json:"change"` // added, removed, changed
	Old    string `json:"old_sha256,omitempty"`
	New    string `json:"new_sha256,omitempty"`
	Size   int64  `json:"size"`        // in the second run
	Was    int64  `json:"size_before"` // in the first
}

func (a *command) catalogDiffCommand() *cobra.Command {
	var f catalogFlags
	var format string
	cmd := &cobra.Command{
		Use:   "diff RUN RUN",
		Short: "Compare what two runs put into the catalog",
		Long: `Compare what two runs put into the catalog, step by step and by content: + is only in the second, - only in the
first, ~ in both with other content. The exit code is 0 whether they differ or not.`,
		Args: operands([]string{"RUN", "the second RUN"}, 0),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "table", "json"); err != nil {
				return err
			}
			return a.withNamed(cmd.Context(), &f.inputs, args, func(st *store.Store, ids []string) error {
				was, err := filesOf(cmd.Context(), st, ids[0], "", f.step)
				if err != nil {
					return err
				}
				now, err := filesOf(cmd.Context(), st, ids[1], "", f.step)
				if err != nil {
					return err
				}
				return a.printChanges(changed(was, now), len(now), format)
			})
		},
	}
	f.register(a, cmd)
	a.completeRuns(cmd, &f.inputs, true, nil)
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	complete(cmd, "format", "table", "json")
	return cmd
}

// changed returns what differs, by path and step.
func changed(was, now []catalogFile) []fileChange {
	type id struct{ path, step string }
	before := map[id]catalogFile{}
	for _, f := range was {
		before[id{f.Path, f.Step}] = f
	}
	out := []fileChange{}
	for _, f := range now {
		old, ok := before[id{f.Path, f.Step}]
		delete(before, id{f.Path, f.Step})
		switch {
		case !ok:
			out = append(out, fileChange{f.Path, f.Step, "added", "", f.Hash, f.Size, 0})
		case old.Hash != f.Hash:
			out = append(out, fileChange{f.Path, f.Step, "changed", old.Hash, f.Hash, f.Size, old.Size})
		}
	}
	for _, f := range before {
		out = append(out, fileChange{f.Path, f.Step, "removed", f.Hash, "", 0, f.Size})
	}
	slices.SortFunc(out, func(x, y fileChange) int { return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Step, y.Step)) })
	return out
}

func (a *command) printChanges(changes []fileChange, files int, format string) error {
	if format == "json" {
		return indented(a.stdout, changes)
	}
	if len(changes) == 0 {
		fmt.Fprintf(a.stdout, "the same %s\n", plural(files, "file"))
		return nil
	}
	t := tabwriter.NewWriter(plain{a.stdout}, 0, 0, 2, ' ', 0)
	for _, c := range changes {
		switch c.Change {
		case "added":
			fmt.Fprintf(t, "+ %s\t%s\t%s\t%s\n", c.Path, c.Step, store.Size(c.Size), shortHash(c.New))
		case "removed":
			fmt.Fprintf(t, "- %s\t%s\t%s\t%s\n", c.Path, c.Step, store.Size(c.Was), shortHash(c.Old))
		default:
			fmt.Fprintf(t, "~ %s\t%s\t%s → %s\t%s → %s\n", c.Path, c.Step, store.Size(c.Was), store.Size(c.Size), shortHash(c.Old), shortHash(c.New))
		}
	}
	return t.Flush()
}

package app

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/store"
)

// storeCommand groups what looks after a store.
func (a *command) storeCommand() *cobra.Command {
	return group("store", "Maintain a store: remove data that nothing needs", a.storeGCCommand(), a.storeWhereCommand())
}

func (a *command) storeWhereCommand() *cobra.Command {
	var f inputFlags
	var file string
	cmd := &cobra.Command{
		Use:   "where",
		Short: "Print the folder or URL where the runs of a definition are stored",
		Args:  operands(nil, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			st, err := a.openStoreOf(cmd.Context(), file, &f, "")
			if err != nil {
				return err
			}
			defer st.Close()
			_, err = fmt.Fprintln(a.stdout, st)
			return err
		},
	}
	f.registerStore(cmd)
	cmd.Flags().StringVarP(&file, "file", "f", "", "the definition (default: one of this folder)")
	return cmd
}

func (a *command) storeGCCommand() *cobra.Command {
	var f inputFlags
	var older, format string
	var dry bool
	cmd := &cobra.Command{
		Use:   "gc",
		Short: "Remove blobs that neither a run nor an entry of the cache refers to",
		Long: `Remove blobs that neither a run nor an entry of the cache refers to: leftovers of killed steps, and data of
pruned cache entries or removed runs. You can run it while pipelines run.`,
		Args: operands(nil, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			age, err := parseAge(older)
			if err != nil {
				return fmt.Errorf("--older-than: %w", err)
			}
			return a.withStore(cmd.Context(), &f, func(st *store.Store) error {
				if age < st.Grace() {
					return fail(ExitInvalid, "--older-than %s: want at least %s in this store; younger blobs may belong to running steps", older, ageText(st.Grace()))
				}
				c, err := st.Collect(cmd.Context(), store.CollectOptions{OlderThan: age, DryRun: dry})
				if err != nil {
					return err
				}
				return a.printCollected(c, dry, format)
			})
		},
	}
	f.registerStore(cmd)
	fs := cmd.Flags()
	fs.StringVar(&older, "older-than", "7d", "only blobs that no step has put for this time, such as 36h or 30d")
	fs.BoolVar(&dry, "dry-run", false, "print what would be removed, but remove nothing")
	fs.StringVar(&format, "format", "text", "text or json")
	complete(cmd, "format", "text", "json")
	return cmd
}

func (a *command) printCollected(c store.Collected, dry bool, format string) error {
	if format == "json" {
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", "  ")
		return e.Encode(c)
	}
	did := "removed"
	if dry {
		did = "would remove"
	}
	fmt.Fprintf(a.stdout, "%s: %s; %s needed, %s too young; %s %s: %s\n", plural(c.Blobs, "blob"), store.Size(c.Bytes),
		fmt.Sprint(c.Needed), fmt.Sprint(c.Young), did, plural(c.Removed, "blob"), store.Size(c.Freed))
	return nil
}

func ageText(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
	return fmt.Sprintf("%gh", d.Hours())
}

package app

import (
	"bytes"
	"time"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/report"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
)

// mostRuns is the number of runs that one report may hold.
const mostRuns = 50

// reportCommand writes runs as one page.
func (a *command) reportCommand() *cobra.Command {
	var f inputFlags
	var output string
	cmd := &cobra.Command{
		Use:   "report RUN [RUN…]",
		Short: "Write runs as one HTML file that needs no network; several runs are compared",
		Args:  operands([]string{"RUN"}, mostRuns-1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withNamed(cmd.Context(), &f, args, func(st *store.Store, ids []string) error {
				doc, err := report.Of(cmd.Context(), st, ids, a.reportOptions(st, &f))
				if err != nil {
					return err
				}
				return a.writePage(doc, output)
			})
		},
	}
	f.registerStore(cmd)
	a.completeRuns(cmd, &f, true, nil)
	cmd.Flags().StringVarP(&output, "output", "o", "", "file to write instead of stdout")
	return cmd
}

func (a *command) reportOptions(st *store.Store, f *inputFlags) report.Options {
	return report.Options{
		Program: a.Name + " " + Version(), Now: time.Now(),
		Commands: func(s *runs.Summary) *runs.Commands { return a.commands(s, where{store: st, flags: f}) },
	}
}

func (a *command) writePage(doc *report.Document, output string) error {
	var b bytes.Buffer
	if err := doc.Write(&b); err != nil {
		return fail(ExitEnvironment, "%w", err)
	}
	return a.write(target.Rendering{Files: map[string][]byte{"report.html": b.Bytes()}}, nil, output)
}

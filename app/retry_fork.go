package app

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
)

// registerNew registers what a retry in a new run takes of a new run.
func (f *retryFlags) registerNew(fs *pflag.FlagSet) {
	fs.StringVar(&f.run, "run-id", "", "with --new-run: name of the run (default: made from the time)")
	fs.StringVar(&f.idFile, "run-id-file", "", "with --new-run: file to write the run's id to")
	fs.StringArrayVar(&f.tags, "tag", nil, "with --new-run: a tag to find the run by; may be repeated (default: the tags of RUN)")
}

// ofNewRun refuses flags of new runs without --new-run.
func (f *retryFlags) ofNewRun(cmd *cobra.Command) error {
	if f.fresh {
		return nil
	}
	for _, name := range []string{"run-id", "run-id-file", "tag"} {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s is for --new-run; a retry continues the run that it names", name)
		}
	}
	return nil
}

// forked begins the new run in which a run goes on.
func (a *command) forked(ctx context.Context, in *inputs, st *store.Store, header engine.Header, f *retryFlags) (engine.Header, error) {
	now, origin := time.Now().UTC(), header.Run
	header.Origin, header.Run, header.Owner = origin, f.runID(in, now), ""
	header.Target, header.Started = local.Name, now
	if len(f.tags) > 0 {
		header.Tags = f.tags
	}
	return header, f.announced(header.Run, func() error { return st.Fork(ctx, origin, header) })
}

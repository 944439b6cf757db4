// Package app is the command line: flags, files, streams and exit codes over the packages that do the work.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/internal/progress"
	"github.com/runnable-render/runnable-render/pipeline"
	"github.com/runnable-render/runnable-render/plugin"
	"github.com/runnable-render/runnable-render/plugin/buckets"
)

// The exit codes of every command (docs/cli.md).
const (
	ExitOK          = 0
	ExitFailed      = 1   // the pipeline ran and failed
	ExitInvalid     = 2   // the definition or the command line is wrong
	ExitEnvironment = 3   // a file, the store, or another program failed
	ExitRefused     = 4   // the target cannot express the definition
	ExitDrift       = 5   // rendered files are out of date
	ExitFound       = 6   // a change of a kind that must not be, or less coverage than must be
	ExitBusy        = 7   // another run is in the way, and this one does not wait
	ExitInterrupted = 130 // Ctrl-C or SIGTERM
	ExitPipe        = 141 // nobody reads the output any more
)

// Options says what a program that embeds the command line brings. The zero Options is the plain tool.
type Options struct {
	Name string // of the program in messages; empty: runnable-render

	// Pipeline is the program's own, which commands without FILE work on.
	Pipeline *pipeline.Pipeline

	// What follows stands beside what is built in (docs/plugins.md).
	Tasks     map[string]plugin.Task    // by command_type
	Targets   []target.Target           // after --target, with options of their own (docs/extending.md)
	Backends  map[string]plugin.Backend // by the word after --target: what renders and does nothing else
	Frontends []frontends.Frontend      // come first
	Stores    []buckets.Opener          // come first
	Secrets   plugin.Secrets            // in place of the configuration's; nil: that
}

// Main runs the command line and returns the exit code.
func Main(o Options, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if o.Name == "" {
		o.Name = "runnable-render"
	}
	if code, called := o.program().Serve(args, stderr); called {
		return code
	}
	ctx, stop := untilSignal(context.Background())
	defer stop()
	out := &output{w: stdout, gone: stop}
	a := &command{Options: o, programs: &programs{}, args: args, stdin: stdin, stdout: out, stderr: &output{w: stderr, gone: stop}}
	root := a.root(ctx)
	root.SetArgs(args)
	root.SetContext(ctx)
	cmd, err := root.ExecuteC()
	if out.err != nil && errors.Is(err, out.err) {
		err = nil // told below
	}
	return out.code(a, a.exitCode(cmd, err))
}

// untilSignal is done at the first signal to end. The second ends the program at once: the first gives steps the
// time to end themselves.
func untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	ctx, cancel := context.WithCancel(ctx)
	context.AfterFunc(ctx, stop)
	// A reader that has gone must not kill the program: the write fails, and the output says so. The signal itself
	// tells nothing, for a connection to a store that breaks raises it too.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return ctx, cancel
}

// command is one use of the command line.
type command struct {
	Options
	programs       *programs
	args           []string
	stdin          io.Reader
	stdout, stderr io.Writer
}

// called is this use of the command line with other words.
func (a *command) called(args []string) *command {
	other := *a
	other.args = args
	return &other
}

// exit is an error with its exit code; a nil err has been told already.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// fail makes an error that ends the program with the code.
func fail(code int, format string, args ...any) error {
	return &exit{code, fmt.Errorf(format, args...)}
}

// told ends the program with the code; what there is to say has been said.
func told(code int) error { return &exit{code: code} }

// exitCode prints what is left to say of an error and returns its code. An error without a code is one of the
// command line itself.
func (a *command) exitCode(cmd *cobra.Command, err error) int {
	if err == nil {
		return ExitOK
	}
	if cmd.Context().Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintf(a.stderr, "%s: interrupted\n", a.Name)
		return ExitInterrupted
	}
	var e *exit
	if !errors.As(err, &e) {
		fmt.Fprintf(a.stderr, "%s: %s\nSee '%s --help'.\n", a.Name, progress.Lines(err.Error()), cmd.CommandPath())
		return ExitInvalid
	}
	if e.err != nil {
		fmt.Fprintf(a.stderr, "%s: %s\n", a.Name, progress.Lines(e.err.Error()))
	}
	return e.code
}

const longHelp = `runnable-render turns one pipeline definition into an Argo Workflow, a docker-compose
plan, or a run on this machine.

  %[1]s init                          a pipeline to start from
  %[1]s run pipeline.yaml             run it here
  %[1]s pipeline.yaml --target argo   print the Argo Workflow
  %[1]s check pipeline.yaml           say what is wrong with it

All commands: %[1]s help`

// root makes the tree of commands. The root itself renders, so that FILE --target argo is enough.
func (a *command) root(ctx context.Context) *cobra.Command {
	var flags renderFlags
	root := &cobra.Command{
		Use:           a.Name + " [FILE] --target argo|compose|local|graph",
		Short:         "One pipeline definition, every environment",
		Version:       a.versionText(), // makes --version and -v
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && cmd.Flags().NFlag() == 0 {
				fmt.Fprintf(a.stdout, longHelp+"\n", a.Name)
				return nil
			}
			if len(args) > 0 && flags.name == "" && !looksLikeFile(args[0]) {
				return unknownCommand(cmd, args[0])
			}
			return a.render(cmd, args, &flags)
		},
	}
	flags.register(ctx, a, root)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.AddCommand(
		a.pluginsCommand(), a.targetsCommand(), a.initCommand(), a.renderCommand(ctx), a.runCommand(ctx), a.checkCommand(ctx), a.diffCommand(), a.testCommand(), a.retryCommand(ctx), a.runsCommand(),
		a.catalogCommand(), a.cacheCommand(), a.storeCommand(), a.graphCommand(ctx), a.reportCommand(), a.uiCommand(), a.schemaCommand(), a.explainCommand(), a.versionCommand(),
	)
	root.SetFlagErrorFunc(flagError)
	return root
}

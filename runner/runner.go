// Package runner holds the commands of the runner in a container: each does one thing to one step of a run and
// leaves its facts in the store (docs/architecture.md, "The runner in a container").
package runner

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/runnable-render/runnable-render/internal/store"
)

// Exit codes of the runner. On Argo a step that is to be retried ends with ExitRetry, and the workflow's retry
// strategy knows the number (DESIGN 5).
const (
	ExitOK          = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitEnvironment = 3
	ExitRetry       = 75
)

const usage = `runnable-step runs one step of a pipeline in a container; what runnable-render renders starts it.

  runnable-step install DIR [--open DIR]
  runnable-step begin
  runnable-step run PATH [--control PATH] [--out FILE]
  runnable-step control PATH [--out FILE]
  runnable-step join PATH
  runnable-step reduce PATH
  runnable-step fail PATH
  runnable-step subtree PATH
  runnable-step close --status STATUS
  runnable-step hooks [--status STATUS]
  runnable-step result
`

// Options says what a program that embeds the runner brings.
type Options struct {
	Openers []store.Opener // buckets beside folders
}

// Main runs one command and returns the exit code.
func Main(o Options, args, environ []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return ExitUsage
	}
	if slices.Contains([]string{"help", "--help", "-h"}, args[0]) {
		fmt.Fprint(stdout, usage)
		return ExitOK
	}
	code, err := dispatch(ctx, o, args, environ, stdout, stderr)
	if err == nil {
		return code
	}
	fmt.Fprintf(stderr, "runnable-step %s: %v\n", strings.Join(args, " "), err)
	if code == ExitOK {
		code = ExitEnvironment
	}
	return code
}

// errUsage marks an error of the command line.
var errUsage = errors.New("usage")

// flags are those of all commands; a command that does not know one ignores it.
type flags struct {
	path    string
	control string
	out     string
	status  string
	open    string // install: a folder that everyone may write to from then on
}

// withPath are the commands whose first argument is a path.
var withPath = map[string]bool{"install": true, "run": true, "control": true, "join": true, "reduce": true, "fail": true, "subtree": true}

func parseFlags(args []string) (flags, error) {
	f := flags{}
	set := flag.NewFlagSet(args[0], flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&f.control, "control", "", "")
	set.StringVar(&f.out, "out", "", "")
	set.StringVar(&f.status, "status", "", "")
	set.StringVar(&f.open, "open", "", "")
	rest := args[1:]
	if len(rest) > 0 && withPath[args[0]] {
		f.path, rest = rest[0], rest[1:] // as it is: a step may be called --help
	}
	if err := set.Parse(rest); err != nil {
		return f, fmt.Errorf("%w: %w", errUsage, err)
	}
	if set.NArg() > 0 {
		return f, fmt.Errorf("%w: unexpected %q", errUsage, set.Arg(0))
	}
	f.path, f.control = unescaped(f.path), unescaped(f.control)
	return f, nil
}

// unescaped reads a path in which a target wrote what it could not carry as %XX; names hold no percent sign.
func unescaped(path string) string {
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}

// dispatch finds the command and runs it.
func dispatch(ctx context.Context, o Options, args, environ []string, stdout, stderr io.Writer) (int, error) {
	f, err := parseFlags(args)
	if err != nil {
		return ExitUsage, err
	}
	if args[0] == "install" {
		if f.open != "" {
			if err := os.Chmod(f.open, 0o777); err != nil { // its owner may have opened it already
				fmt.Fprintf(stderr, "runnable-step install: %v\n", err)
			}
		}
		return ExitOK, install(f.path, readEnvironment(environ))
	}
	do, ok := commands[args[0]]
	if !ok {
		return ExitUsage, fmt.Errorf("%w: no such command; there are:\n%s", errUsage, usage)
	}
	s, err := open(ctx, o, args[0], environ, stdout, stderr)
	if err != nil {
		return ExitEnvironment, err
	}
	defer s.close()
	if s.ended != nil && args[0] != "result" {
		fmt.Fprintf(stdout, "%s: run %s has ended (%s)\n", cmp.Or(f.path, args[0]), s.run, s.ended.Status)
		return ExitOK, nil
	}
	return do(ctx, s, f)
}

// commands by name, but for install, which needs no run.
var commands = map[string]func(context.Context, *session, flags) (int, error){
	"begin":   begin,
	"run":     run,
	"control": control,
	"join":    join,
	"reduce":  reduce,
	"fail":    failGraph,
	"subtree": subtree,
	"close":   closeRun,
	"hooks":   runHooks,
	"result":  result,
}

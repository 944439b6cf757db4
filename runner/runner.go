// Package runner holds the commands of the runner in a container: each does one thing for one step of a run and leaves
// its facts in the store (docs/architecture.md, "The runner in a container").
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
	"strconv"
	"strings"
	"syscall"

	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/plugin/buckets"
)

// Exit codes of the runner. Where the target repeats attempts by itself, a step that is to be retried ends with
// ExitRetry.
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
  runnable-step publish
  runnable-step run PATH [--control PATH] [--out FILE]
  runnable-step control PATH [--out FILE]
  runnable-step join PATH
  runnable-step reduce PATH
  runnable-step fail PATH
  runnable-step subtree PATH
  runnable-step whole
  runnable-step close --status STATUS
  runnable-step hooks [--status STATUS]
  runnable-step result

A word that is a single hyphen stands for nothing. In PATH, * is the number in the variable that index= of
RUNNABLE_CAPABILITIES names.
`

// Options says what a program that embeds the runner brings.
type Options struct {
	Openers []buckets.Opener // buckets beside folders
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
	if len(rest) > 0 && (withPath[args[0]] || rest[0] == nothing) {
		f.path, rest = rest[0], rest[1:] // as it is: a step may be called --help
	}
	if err := set.Parse(rest); err != nil {
		return f, fmt.Errorf("%w: %w", errUsage, err)
	}
	if set.NArg() > 0 {
		return f, fmt.Errorf("%w: unexpected %q", errUsage, set.Arg(0))
	}
	for _, word := range []*string{&f.out, &f.status, &f.open} {
		if *word == nothing {
			*word = ""
		}
	}
	return f, nil
}

// nothing is a word for targets that cannot pass an empty one.
const nothing = "-"

// place resolves the paths: what a target could not carry, and what its engine counts.
func (s *session) place(f *flags) error {
	for _, path := range []*string{&f.path, &f.control} {
		if *path == nothing && s.pipeline.Graph.Index(nothing) < 0 {
			*path = ""
		}
		indexed, err := s.indexed(*path)
		if err != nil {
			return err
		}
		*path = unescaped(indexed)
	}
	return nil
}

// indexed puts the number that the engine counts, as for the jobs of an array, in the place of a path's *.
func (s *session) indexed(path string) (string, error) {
	names := strings.Split(path, ".")
	i := slices.Index(names, "*")
	if i < 0 || s.can.Index == "" {
		return path, nil
	}
	number := s.env[s.can.Index]
	if n, err := strconv.Atoi(number); err != nil || n < 0 || strconv.Itoa(n) != number {
		return "", fmt.Errorf("%s must be the number for the * in %s, not %q", s.can.Index, path, number)
	}
	names[i] = number
	if slices.Contains(names, "*") {
		return "", fmt.Errorf("%s: only one * has a number, that of %s; write the numbers of the others", path, s.can.Index)
	}
	return strings.Join(names, "."), nil
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
	if errors.As(err, &unfitError{}) || errors.As(err, new(*store.BusyError)) {
		return ExitFailed, err
	}
	if err != nil {
		return ExitEnvironment, err
	}
	defer s.close()
	if err := s.place(&f); err != nil {
		return ExitUsage, err
	}
	if s.ended != nil && args[0] != "result" {
		fmt.Fprintf(stdout, "%s: run %s has ended (%s)\n", cmp.Or(f.path, args[0]), s.run, s.ended.Status)
		return ExitOK, nil
	}
	ctx, done, err := s.keepPlace(ctx, args[0])
	if err != nil {
		return ExitEnvironment, err
	}
	defer done()
	code, err := do(ctx, s, f)
	if lost := store.LeaseLost(ctx); lost != nil && s.chosen() { // nothing that waits for this one may start
		return ExitEnvironment, lost
	}
	return code, err
}

// commands by name, but for install, which needs no run.
var commands = map[string]func(context.Context, *session, flags) (int, error){
	"begin":   begin,
	"publish": publish,
	"run":     run,
	"control": control,
	"join":    join,
	"reduce":  reduce,
	"fail":    failGraph,
	"subtree": subtree,
	"whole":   whole,
	"close":   closeRun,
	"hooks":   runHooks,
	"result":  result,
}

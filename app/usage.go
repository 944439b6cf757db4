package app

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// unknownCommand names the command that was probably meant: one of that name in a group of them, or one of a like name.
func unknownCommand(cmd *cobra.Command, name string) error {
	var known []string
	for _, c := range cmd.Commands() {
		if !c.IsAvailableCommand() {
			continue
		}
		known = append(known, c.Name())
		for _, below := range c.Commands() {
			if below.Name() == name || below.HasAlias(name) {
				return fmt.Errorf("unknown command %q; did you mean \"%s %s\"?", name, c.Name(), below.Name())
			}
		}
	}
	hint := diag.DidYouMean(name, known)
	if instead, ok := runnables[name]; ok {
		hint = "; " + instead
	}
	if hint == "" {
		hint = "; there are " + strings.Join(known, ", ")
	}
	return fmt.Errorf("unknown command %q%s", name, hint)
}

// runnables are the commands of Runnable that are called otherwise here, each with what does its work.
var runnables = map[string]string{
	"execute":             "Runnable's `execute FILE` is `run FILE`, which accepts --config, --parameters, --tag and --run-id",
	"execute-job":         "Runnable's `execute-job FILE` is `run FILE`: a job is a pipeline of one step",
	"execute-single-node": "Runnable's containers call it, and those of this program call `runnable-step run`; render the manifest again, with --target argo",
	"fan":                 "Runnable's containers call it, and those of this program call `runnable-step control`; render the manifest again, with --target argo",
}

// flagError names the flag that was probably meant, or what a flag's value must be.
func flagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) && invalid.GetFlag() != nil {
		if errors.Is(err, errNoJobs) {
			return fmt.Errorf("--%s %s: %w", invalid.GetFlag().Name, invalid.GetValue(), errNoJobs)
		}
		what, known := map[string]string{"int": "a whole number", "float64": "a number", "bool": "true or false"}[invalid.GetFlag().Value.Type()]
		if known {
			return fmt.Errorf("--%s %q: want %s", invalid.GetFlag().Name, invalid.GetValue(), what)
		}
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return err
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	name := unknown.GetSpecifiedName()
	if near := diag.DidYouMean(name, known); near != "" {
		return fmt.Errorf("unknown flag --%s%s", name, strings.Replace(near, `"`, `"--`, 1))
	}
	return fmt.Errorf("unknown flag --%s", name)
}

// operands takes at least the operands named and at most those and the optional ones.
func operands(required []string, optional int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < len(required):
			return fmt.Errorf("missing %s", required[len(args)])
		case len(args) > len(required)+optional:
			return fmt.Errorf("unexpected argument %q", args[len(required)+optional])
		case len(required) > 0 && required[0] == "RUN":
			return runs.CheckReference(args[0])
		}
		return nil
	}
}

// group is a command that is there for those below it.
func group(use, short string, below ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(below...)
	return cmd
}

// oneOf refuses a flag's value that is not among those there are.
func oneOf(flag, value string, known ...string) error {
	for _, k := range known {
		if value == k {
			return nil
		}
	}
	return fmt.Errorf("--%s %q: want %s%s", flag, value, strings.Join(known, ", "), diag.DidYouMean(value, known))
}

// complete gives a flag's values to shell completion.
func complete(cmd *cobra.Command, flag string, values ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

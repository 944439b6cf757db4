package app

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// checkFlags are the flags of check.
type checkFlags struct {
	targetFlags
	inputs inputFlags
}

// checkCommand says what is wrong with definitions.
func (a *command) checkCommand() *cobra.Command {
	var f checkFlags
	var format string
	cmd := &cobra.Command{
		Use:   "check [FILE...]",
		Short: "Say what is wrong with definitions, for a target or for all",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			form, err := diag.ParseFormat(format)
			if err != nil {
				return fmt.Errorf("--format: %w", err)
			}
			if f.name != "" {
				if err := f.find(a, cmd, append([]string{"format"}, flagsOfInputs...)...); err != nil {
					return err
				}
			}
			if len(args) == 0 {
				file, err := a.definitionFile(nil)
				if err != nil {
					return err
				}
				args = []string{file}
			}
			return a.check(args, form, &f)
		},
	}
	f.inputs.register(cmd)
	targets := a.ownTargets()
	f.register(a, cmd, targets, "", "also check that this target can express it: "+targetNames(targets)+", or a program on PATH")
	cmd.Flags().StringVar(&format, "format", "text", "text, json, github (annotations) or sarif")
	complete(cmd, "format", diag.Formats()...)
	return cmd
}

// check checks every file and prints all that there is to say in one piece.
func (a *command) check(files []string, format diag.Format, f *checkFlags) error {
	var all diag.List
	texts := map[string][]byte{}
	code := ExitOK
	for _, file := range slices.Compact(slices.Sorted(slices.Values(files))) {
		in, list, err := a.gather(file, &f.inputs, false)
		if err != nil {
			return err
		}
		if !list.HasErrors() && f.target != nil {
			_, more, err := in.render(f.target, f.given(), false)
			if err != nil {
				return err
			}
			list = append(list, more...)
		}
		for name, text := range in.texts() {
			texts[name] = text
		}
		if list.HasErrors() {
			code = max(code, refusedCode(list))
			if refusedCode(list) == ExitInvalid {
				code = ExitInvalid
			}
		}
		all = append(all, list...)
	}
	all = all.Sorted()
	if err := diag.Print(a.stdout, format, all, texts); err != nil {
		return fail(ExitEnvironment, "%w", err)
	}
	if format == diag.Text {
		errors, warnings := all.Count()
		if len(all) == 0 {
			fmt.Fprintf(a.stdout, "%s: fine\n", plural(len(files), "definition"))
		} else {
			fmt.Fprintln(a.stdout, tally(errors, warnings))
		}
	}
	if code != ExitOK {
		return told(code)
	}
	return nil
}

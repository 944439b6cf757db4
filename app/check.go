package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// checkFlags are the flags of check.
type checkFlags struct {
	targetFlags
	inputs inputFlags
}

// checkCommand says what is wrong with definitions.
func (a *command) checkCommand(ctx context.Context) *cobra.Command {
	var f checkFlags
	var format string
	var strict bool
	cmd := &cobra.Command{
		Use:   "check [FILE...]",
		Short: "Check definitions, for one target or for all",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			form, err := diag.ParseFormat(format)
			if err != nil {
				return fmt.Errorf("--format: %w", err)
			}
			if f.name != "" {
				if err := f.find(a, cmd, append([]string{"format", "strict"}, flagsOfInputs...)...); err != nil {
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
			return a.check(cmd.Context(), args, form, strict, &f)
		},
	}
	f.inputs.register(cmd)
	a.explainParameters(cmd)
	targets := a.ownTargets()
	f.register(ctx, a, cmd, targets, "", "also check that this target can express it: "+targetNames(targets)+", or a program on PATH")
	fs := cmd.Flags()
	fs.StringVar(&format, "format", "text", "text, json, github (annotations) or sarif")
	fs.BoolVar(&strict, "strict", false, "treat warnings as errors")
	complete(cmd, "format", diag.Formats()...)
	return cmd
}

// check checks every file and prints all that there is to say in one piece.
func (a *command) check(ctx context.Context, files []string, format diag.Format, strict bool, f *checkFlags) error {
	var all, unused diag.List
	used := map[diag.Span]bool{}
	accepted := 0
	texts := map[string][]byte{}
	code := ExitOK
	for _, file := range slices.Compact(slices.Sorted(slices.Values(files))) {
		in, list, err := a.gather(ctx, file, &f.inputs, false)
		if err != nil {
			return err
		}
		if !list.HasErrors() && f.target != nil {
			_, more, err := in.render(f.target, f.given(), false)
			if err != nil {
				return err
			}
			list = append(list, in.accepted().Filter(more)...)
		}
		if !list.HasErrors() { // else not all that may be accepted has been looked for
			unused = append(unused, in.accepted().Unused(func(code string) bool { return f.looksFor(a.ownTargets(), code) })...)
		}
		for _, at := range in.accepted().Used() {
			used[at] = true
		}
		accepted += in.accepted().Count()
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
	// One of the configuration may be for another of the files.
	all = append(all, slices.DeleteFunc(unused, func(d diag.Diagnostic) bool { return used[d.Span] })...).Sorted()
	if strict && severe(all) {
		code = ExitInvalid
	}
	if err := diag.Print(a.stdout, format, all, texts); err != nil {
		return fail(ExitEnvironment, "%w", err)
	}
	if format == diag.Text {
		fmt.Fprintln(a.stdout, outcome(len(files), all, accepted))
	}
	if code != ExitOK {
		return told(code)
	}
	return nil
}

// severe makes errors of warnings, and reports whether there were any.
func severe(list diag.List) (any bool) {
	for i := range list {
		if list[i].Severity == diag.Warning {
			list[i].Severity, any = diag.Error, true
		}
	}
	return any
}

// outcome sums up in one line what checking the files found.
func outcome(files int, list diag.List, accepted int) string {
	line := plural(files, "definition") + ": fine"
	if len(list) > 0 {
		line = tally(list.Count())
	}
	if accepted > 0 {
		line += fmt.Sprintf(", %s accepted", plural(accepted, "warning"))
	}
	return line
}

// looksFor reports whether warnings of a code are looked for: those of targets only where one is asked for. Those of modules
// that an image lacks depend on this machine, and their acceptance may be for another one.
func (f *checkFlags) looksFor(targets []target.Target, code string) bool {
	for _, t := range targets {
		if prefix := t.About().Codes; prefix != "" && strings.HasPrefix(code, prefix) {
			return f.name == t.Name()
		}
	}
	return code < "RR3" && code != codeNotInImage
}

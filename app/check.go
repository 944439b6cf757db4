package app

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// checkCommand says what is wrong with definitions.
func (a *command) checkCommand() *cobra.Command {
	var f renderFlags
	var format string
	var strict bool
	cmd := &cobra.Command{
		Use:   "check [FILE...]",
		Short: "Say what is wrong with definitions, for a target or for all",
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			form, err := diag.ParseFormat(format)
			if err != nil {
				return fmt.Errorf("--format: %w", err)
			}
			if f.target != "" {
				if err := oneOf("target", f.target, "argo", "compose", "local"); err != nil {
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
			return a.check(args, form, strict, &f)
		},
	}
	f.inputs.register(cmd)
	a.explainParameters(cmd)
	fs := cmd.Flags()
	fs.StringVarP(&f.target, "target", "t", "", "also check that this target can express it: argo, compose or local")
	fs.StringVar(&f.image, "image", "", "image that holds the pipeline's code")
	fs.StringVar(&f.argoVersion, "argo-version", "", "Argo: 3.5, 3.6, 3.7, 4.0 or 4.1")
	fs.StringVar(&format, "format", "text", "text, json, github (annotations) or sarif")
	fs.BoolVar(&strict, "strict", false, "treat warnings as errors")
	complete(cmd, "format", diag.Formats()...)
	complete(cmd, "target", "argo", "compose", "local")
	return cmd
}

// check checks every file and prints all that there is to say in one piece.
func (a *command) check(files []string, format diag.Format, strict bool, f *renderFlags) error {
	var all, unused diag.List
	used := map[diag.Span]bool{}
	accepted := 0
	texts := map[string][]byte{}
	code := ExitOK
	for _, file := range slices.Compact(slices.Sorted(slices.Values(files))) {
		in, list, err := a.gather(file, &f.inputs, false)
		if err != nil {
			return err
		}
		if !list.HasErrors() {
			more, err := in.refusals(f)
			if err != nil {
				return err
			}
			list = append(list, in.accepted().Filter(more)...)
		}
		if !list.HasErrors() { // else not all that may be accepted has been looked for
			unused = append(unused, in.accepted().Unused(f.looksFor)...)
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

// looksFor reports whether warnings of a code are looked for: those of targets only where one is asked for.
func (f *renderFlags) looksFor(code string) bool {
	switch code[:len("RR1")] {
	case "RR1":
		return f.target == "argo"
	case "RR2":
		return f.target == "compose"
	}
	return code < "RR3"
}

// refusals are what the target asked for has to say.
func (in *inputs) refusals(f *renderFlags) (diag.List, error) {
	switch f.target {
	case "argo":
		_, _, list, err := in.argo(f)
		return list, err
	case "compose":
		_, list, err := in.compose(f)
		return list, err
	}
	return nil, nil
}

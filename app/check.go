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
			return a.check(args, form, &f)
		},
	}
	f.inputs.register(cmd)
	fs := cmd.Flags()
	fs.StringVarP(&f.target, "target", "t", "", "also check that this target can express it: argo, compose or local")
	fs.StringVar(&f.image, "image", "", "image that holds the pipeline's code")
	fs.StringVar(&f.argoVersion, "argo-version", "", "Argo: 3.5, 3.6, 3.7, 4.0 or 4.1")
	fs.StringVar(&format, "format", "text", "text, json, github (annotations) or sarif")
	complete(cmd, "format", diag.Formats()...)
	complete(cmd, "target", "argo", "compose", "local")
	return cmd
}

// check checks every file and prints all that there is to say in one piece.
func (a *command) check(files []string, format diag.Format, f *renderFlags) error {
	var all diag.List
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

package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// renderFlags are the flags of rendering.
type renderFlags struct {
	targetFlags
	inputs        inputFlags
	output        string
	check, update bool
	allow         []string
	quiet         bool
	json          bool
	local         runFlags // --target local runs it
}

func (f *renderFlags) register(ctx context.Context, a *command, cmd *cobra.Command) {
	f.inputs.register(cmd)
	targets := a.ownTargets()
	f.targetFlags.register(ctx, a, cmd, targets, "", targetNames(targets)+" (local runs it here) or "+graphTarget)
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "file to write instead of stdout; a folder if it ends with a slash (Argo: several objects and a kustomization)")
	f.local.register(cmd)
}

func (a *command) renderCommand(ctx context.Context) *cobra.Command {
	var f renderFlags
	cmd := &cobra.Command{
		Use:   "render [FILE] --target argo|compose",
		Short: "Render a pipeline, or review what has been rendered (--check, --update)",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.check && f.update:
				return errors.New("--check and --update exclude each other")
			case f.check || f.update:
				if err := only(cmd, "a review", "check", "update", "allow"); err != nil {
					return err
				}
				return a.review(cmd.Context(), args, f.allow, f.update)
			case len(f.allow) > 0:
				return errors.New("--allow is for --check and --update")
			}
			return a.render(cmd, args, &f)
		},
	}
	f.register(ctx, a, cmd)
	a.explainParameters(cmd)
	cmd.Flags().BoolVar(&f.json, "json", false, "argo, kubernetes, stepfunctions: print the objects as JSON; several are a List")
	cmd.Flags().BoolVar(&f.check, "check", false, "render all rendered files at and below the paths again; if one differs, print the difference and exit with 5")
	cmd.Flags().StringArrayVar(&f.allow, "allow", nil, "with --check or --update: allow rendered files to name this file although it is elsewhere, untracked by git, or a program; a folder allows every file in it")
	cmd.Flags().BoolVar(&f.update, "update", false, "like --check, but rewrite the files that differ")
	return cmd
}

// render renders one definition, or does what its target stands for.
func (a *command) render(cmd *cobra.Command, args []string, f *renderFlags) error {
	if f.name == "" {
		return fmt.Errorf("--target is not given: want one of %s, %s", targetNames(a.ownTargets()), graphTarget)
	}
	if err := f.apply(a, cmd); err != nil {
		return err
	}
	file, err := a.definitionFile(args)
	if err != nil {
		return err
	}
	switch {
	case f.here():
		f.local.inputs = f.inputs
		return a.run(cmd.Context(), file, &f.local)
	case f.name == graphTarget:
		text, err := a.drawing(cmd.Context(), file, &graphFlags{})
		if err != nil {
			return err
		}
		return a.write(target.Rendering{Files: map[string][]byte{"graph.mmd": []byte(text)}}, nil, f.output)
	}
	in, r, err := a.rendered(cmd.Context(), file, f)
	if err != nil {
		return err
	}
	if f.json {
		return a.writeJSON(r)
	}
	return a.write(r, commandLine(in, f, cmd.Flags()), f.output)
}

// writeJSON prints rendered objects for programs that read JSON alone.
func (a *command) writeJSON(r target.Rendering) error {
	var objects []any
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		d := yaml.NewDecoder(bytes.NewReader(r.Files[name]))
		for {
			var object map[string]any
			if err := d.Decode(&object); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return fail(ExitEnvironment, "--json: %s is not a list of objects: %w", name, err)
			}
			objects = append(objects, object)
		}
	}
	e := json.NewEncoder(a.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if len(objects) == 1 {
		return e.Encode(objects[0])
	}
	return e.Encode(map[string]any{"apiVersion": "v1", "kind": "List", "items": objects})
}

// Flags that have a meaning for some targets only.
var (
	flagsOfRuns   = []string{"run-id", "run-id-file", "tag", "jobs", "dry-run", "format", "workdir", "cold", "cache", "no-cache"}
	flagsOfInputs = []string{"root", "config", "parameters", "param", "store", "python", "as-stubs", "scale"}
)

// apply finds the target and refuses flags that would do nothing for it.
func (f *renderFlags) apply(a *command, cmd *cobra.Command) error {
	switch {
	case f.name == graphTarget:
		return only(cmd, "--target "+graphTarget, "output", "target")
	case f.here():
		return f.find(a, cmd, slices.Concat(flagsOfInputs, flagsOfRuns)...)
	}
	if f.json && f.output != "" {
		return errors.New("--json prints to stdout; leave --output out")
	}
	return f.find(a, cmd, append([]string{"output", "json"}, flagsOfInputs...)...)
}

// only refuses all flags but those named.
func only(cmd *cobra.Command, what string, names ...string) error {
	var err error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if err == nil && !slices.Contains(names, f.Name) {
			err = fmt.Errorf("--%s has no effect with %s; leave it out", f.Name, what)
		}
	})
	return err
}

// rendered renders a definition. It writes nothing but messages.
func (a *command) rendered(ctx context.Context, file string, f *renderFlags) (*inputs, target.Rendering, error) {
	in, err := a.inputs(ctx, file, &f.inputs)
	if err != nil {
		return nil, target.Rendering{}, err
	}
	r, list, err := in.render(f.target, f.given(), isFolder(f.output))
	if err != nil {
		return nil, r, err
	}
	list = in.accepted().Filter(list)
	if f.quiet && !list.HasErrors() {
		return in, r, nil
	}
	if err := a.report(list, in.texts(), refusedCode(list)); err != nil || f.quiet {
		return in, r, err
	}
	for _, n := range r.Notes {
		fmt.Fprintln(a.stderr, "note: "+n)
	}
	if r.Next != "" {
		fmt.Fprintln(a.stderr, "next: "+strings.ReplaceAll(r.Next, "%s", quoteArg(startable(r, f.output))))
	}
	return in, r, nil
}

// startable is what the command after a rendering names: the file, or the folder where there are several.
func startable(r target.Rendering, output string) string {
	name := slices.Sorted(maps.Keys(r.Files))[0]
	switch {
	case output == "":
		return name
	case isFolder(output) && len(r.Files) == 1:
		return filepath.Join(output, name)
	}
	return output
}

// write puts rendered files where they belong: on stdout, into a file, or into a folder. Each begins with the command
// that renders it again, where it can hold a comment.
func (a *command) write(r target.Rendering, args []string, output string) error {
	names := slices.Sorted(maps.Keys(r.Files))
	if isFolder(output) {
		if err := os.MkdirAll(output, 0o755); err != nil {
			return fileError("make", err)
		}
		for _, name := range names {
			if err := writeFile(filepath.Join(output, name), headed(r, name, args)); err != nil {
				return fileError("write", err)
			}
			fmt.Fprintln(a.stderr, "wrote "+filepath.Join(output, name))
		}
		return nil
	}
	if len(names) != 1 {
		return fail(ExitEnvironment, "the target renders %d files: name a folder with -o DIR/", len(names))
	}
	text := headed(r, names[0], args)
	if output == "" {
		_, _ = a.stdout.Write(text) // which remembers an error
		return nil
	}
	if err := writeFile(output, text); err != nil {
		return fileError("write", err)
	}
	return nil
}

// isFolder reports whether an output is a folder: it says so by a slash, or it is one.
func isFolder(output string) bool {
	if output == "" {
		return false
	}
	if strings.HasSuffix(output, "/") || strings.HasSuffix(output, string(filepath.Separator)) {
		return true
	}
	st, err := os.Stat(output)
	return err == nil && st.IsDir()
}

// refusedCode is 4 where every error is a target's refusal of a definition that is valid, else 2.
func refusedCode(list diag.List) int {
	for _, d := range list {
		if d.Severity == diag.Error && !diag.IsRefusal(d.Code) {
			return ExitInvalid
		}
	}
	return ExitRefused
}

package app

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/backends/argo"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// targets that --target names.
var targets = []string{"argo", "compose", "local", "graph"}

// renderFlags are the flags of rendering.
type renderFlags struct {
	inputs         inputFlags
	target         string
	output         string
	image          string
	runnerImage    string
	namespace      string
	serviceAccount string
	argoVersion    string
	check, update  bool
	quiet          bool
}

func (f *renderFlags) register(cmd *cobra.Command) {
	f.inputs.register(cmd)
	fs := cmd.Flags()
	fs.StringVarP(&f.target, "target", "t", "", "argo, compose, local (run it here) or graph")
	fs.StringVarP(&f.output, "output", "o", "", "file to write instead of stdout; with a slash at its end a folder (Argo: several objects and a kustomization)")
	fs.StringVar(&f.image, "image", "", "image that holds the pipeline's code")
	fs.StringVar(&f.runnerImage, "runner-image", "", "image that brings the runner")
	fs.StringVar(&f.namespace, "namespace", "", "Argo: namespace of the objects")
	fs.StringVar(&f.serviceAccount, "service-account", "", "Argo: service account of the pods")
	fs.StringVar(&f.argoVersion, "argo-version", "", "Argo: 3.5, 3.6, 3.7, 4.0 or 4.1 (default: valid on all from 3.6)")
	complete(cmd, "target", targets...)
	complete(cmd, "argo-version", "3.5", "3.6", "3.7", "4.0", "4.1")
}

func (a *command) renderCommand() *cobra.Command {
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
				return a.review(args, f.update)
			}
			return a.render(cmd, args, &f)
		},
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&f.check, "check", false, "render every rendered file at and below the paths anew; print what differs and exit 5")
	cmd.Flags().BoolVar(&f.update, "update", false, "like --check, but write what differs")
	return cmd
}

// render renders one definition, or does what its target stands for.
func (a *command) render(cmd *cobra.Command, args []string, f *renderFlags) error {
	if f.target == "" {
		return fmt.Errorf("--target is not given: want one of %s", strings.Join(targets, ", "))
	}
	if err := oneOf("target", f.target, targets...); err != nil {
		return err
	}
	file, err := definitionFile(args)
	if err != nil {
		return err
	}
	switch f.target {
	case "local":
		return a.run(cmd.Context(), file, &runFlags{inputs: f.inputs, format: "text"})
	case "graph":
		return a.drawFile(file, "mermaid")
	}
	files, err := a.renderFiles(file, f)
	if err != nil {
		return err
	}
	head := header(commandLine(file, cmd.Flags()))
	return a.write(files, head, f.output)
}

// renderFiles returns the rendered files by name, without headers. It writes nothing but messages.
func (a *command) renderFiles(file string, f *renderFlags) (map[string][]byte, error) {
	in, err := a.inputs(file, &f.inputs)
	if err != nil {
		return nil, err
	}
	var files map[string][]byte
	var list diag.List
	var note func()
	if f.target == "argo" {
		var sum argo.Summary
		files, sum, list, err = in.argo(f)
		note = func() { a.argoNote(sum, in, f.output) }
	} else {
		files, list, err = in.compose(f)
		note = func() { a.composeNote(in, f) }
	}
	if err != nil {
		return nil, err
	}
	if f.quiet && !list.HasErrors() {
		return files, nil
	}
	if err := a.report(list, in.texts(), refusedCode(list)); err != nil {
		return nil, err
	}
	if !f.quiet {
		note()
	}
	return files, nil
}

// write puts rendered files where they belong: on stdout, into a file, or into a folder.
func (a *command) write(files map[string][]byte, head, output string) error {
	names := slices.Sorted(maps.Keys(files))
	if isFolder(output) {
		if err := os.MkdirAll(output, 0o755); err != nil {
			return fileError("make", err)
		}
		for _, name := range names {
			if err := os.WriteFile(filepath.Join(output, name), append([]byte(head), files[name]...), 0o644); err != nil {
				return fileError("write", err)
			}
			fmt.Fprintln(a.stderr, "wrote "+filepath.Join(output, name))
		}
		return nil
	}
	if len(names) != 1 {
		return fail(ExitEnvironment, "the target renders %d files: name a folder with -o DIR/", len(names))
	}
	text := append([]byte(head), files[names[0]]...)
	if output == "" {
		_, err := a.stdout.Write(text)
		if err != nil {
			return fail(ExitEnvironment, "cannot write the output: %w", err)
		}
		return nil
	}
	if err := os.WriteFile(output, text, 0o644); err != nil {
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

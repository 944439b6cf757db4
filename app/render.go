package app

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
	composeVersion string
	check, update  bool
	allow          []string
	quiet          bool
	local          runFlags // --target local runs it
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
	fs.StringVar(&f.composeVersion, "compose-version", "", "compose: 2 renders for 2.23 and later alone: secrets become files (default: also for 1.29)")
	f.local.register(cmd)
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
				if err := only(cmd, "a review", "check", "update", "allow"); err != nil {
					return err
				}
				return a.review(args, f.allow, f.update)
			case len(f.allow) > 0:
				return errors.New("--allow is for --check and --update")
			}
			return a.render(cmd, args, &f)
		},
	}
	f.register(cmd)
	a.explainParameters(cmd)
	cmd.Flags().BoolVar(&f.check, "check", false, "render every rendered file at and below the paths again; print the difference and exit 5")
	cmd.Flags().StringArrayVar(&f.allow, "allow", nil, "with --check or --update: a file that a rendered file may name though it lies elsewhere, is not tracked by git, or is a program; a folder stands for what is in it")
	cmd.Flags().BoolVar(&f.update, "update", false, "like --check, but write what differs")
	return cmd
}

// render renders one definition, or does what its target stands for.
func (a *command) render(cmd *cobra.Command, args []string, f *renderFlags) error {
	if f.target == "" {
		return fmt.Errorf("--target is not given: want one of %s", strings.Join(targets, ", "))
	}
	if err := a.knownTarget(f.target); err != nil {
		return err
	}
	if err := f.apply(cmd); err != nil {
		return err
	}
	file, err := a.definitionFile(args)
	if err != nil {
		return err
	}
	switch f.target {
	case "local":
		f.local.inputs = f.inputs
		return a.run(cmd.Context(), file, &f.local)
	case "graph":
		text, err := a.drawing(file, &graphFlags{})
		if err != nil {
			return err
		}
		return a.write(map[string][]byte{"graph.mmd": []byte(text)}, "", f.output)
	}
	in, files, err := a.renderFiles(file, f)
	if err != nil {
		return err
	}
	if !slices.Contains(targets, f.target) { // what a comment looks like, the plugin alone knows
		return a.write(files, "", f.output)
	}
	return a.write(files, header(commandLine(in, f, cmd.Flags())), f.output)
}

// Flags that have a meaning for some targets only.
var (
	flagsOfRuns   = []string{"run-id", "tag", "jobs", "dry-run", "format", "workdir", "cold", "cache", "no-cache"}
	flagsOfImages = []string{"image", "runner-image"}
	flagsOfArgo   = []string{"namespace", "service-account", "argo-version"}
	flagsOfInputs = []string{"root", "config", "parameters", "param", "store", "python", "as-stubs", "scale"}
)

// apply refuses flags that would do nothing for the target.
func (f *renderFlags) apply(cmd *cobra.Command) error {
	var takes []string
	switch f.target {
	case "argo":
		takes = slices.Concat(flagsOfInputs, flagsOfImages, flagsOfArgo, []string{"output"})
	case "compose":
		takes = slices.Concat(flagsOfInputs, flagsOfImages, []string{"output", "compose-version"})
	case "local":
		takes = slices.Concat(flagsOfInputs, flagsOfRuns)
	case "graph":
		takes = []string{"output"}
	default: // a plugin's
		takes = slices.Concat(flagsOfInputs, []string{"image", "output"})
	}
	if err := only(cmd, "--target "+f.target, append(takes, "target")...); err != nil {
		return err
	}
	return f.named()
}

// named refuses names that the target would refuse only when the file is submitted.
func (f *renderFlags) named() error {
	// As Kubernetes and container engines take them.
	objectName := regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`)
	imageName := regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9_./:@]*$`)
	for _, given := range []struct {
		flag, value, what string
		form              *regexp.Regexp
	}{
		{"namespace", f.namespace, "lower-case letters, digits and hyphens", objectName},
		{"service-account", f.serviceAccount, "lower-case letters, digits, hyphens and dots", objectName},
		{"image", f.image, "an image such as registry.example/app:1", imageName},
		{"runner-image", f.runnerImage, "an image such as registry.example/runner:1", imageName},
	} {
		if given.value != "" && !given.form.MatchString(given.value) {
			return fmt.Errorf("--%s %q: want %s", given.flag, given.value, given.what)
		}
	}
	return nil
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

// renderFiles returns the rendered files by name, without headers. It writes nothing but messages.
func (a *command) renderFiles(file string, f *renderFlags) (*inputs, map[string][]byte, error) {
	in, err := a.inputs(file, &f.inputs)
	if err != nil {
		return nil, nil, err
	}
	var files map[string][]byte
	var list diag.List
	var note func()
	switch f.target {
	case "argo":
		var sum argo.Summary
		files, sum, list, err = in.argo(f)
		note = func() { a.argoNote(sum, in, f.output) }
	case "compose":
		files, list, err = in.compose(f)
		note = func() { a.composeNote(in, f) }
	default:
		files, list, err = a.renderByPlugin(in, f)
		note = func() {}
	}
	if err != nil {
		return nil, nil, err
	}
	list = in.accepted().Filter(list)
	if f.quiet && !list.HasErrors() {
		return in, files, nil
	}
	if err := a.report(list, in.texts(), refusedCode(list)); err != nil {
		return nil, nil, err
	}
	if !f.quiet {
		note()
	}
	return in, files, nil
}

// write puts rendered files where they belong: on stdout, into a file, or into a folder.
func (a *command) write(files map[string][]byte, head, output string) error {
	names := slices.Sorted(maps.Keys(files))
	if isFolder(output) {
		if err := os.MkdirAll(output, 0o755); err != nil {
			return fileError("make", err)
		}
		for _, name := range names {
			if err := writeFile(filepath.Join(output, name), append([]byte(head), files[name]...)); err != nil {
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

package app

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/backends"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/internal/step"
)

// starter is what init writes; a name that begins with "dot" stands for a dot file.
//
//go:embed starter
var starter embed.FS

// initCommand writes a pipeline to start from.
func (a *command) initCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a pipeline, parameters and a Dockerfile to start from",
		Args:  operands(nil, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			return a.init(dir, force)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "overwrite existing files")
	return cmd
}

// init copies the starter, all of it or nothing.
func (a *command) init(dir string, force bool) error {
	names, err := starterNames()
	if err != nil {
		return fail(ExitEnvironment, "%w", err)
	}
	for _, n := range names {
		if _, err := os.Stat(filepath.Join(dir, n.target)); err == nil && !force {
			return fail(ExitInvalid, "%s exists already: choose another folder, or use --force to overwrite", filepath.Join(dir, n.target))
		}
	}
	for _, n := range names {
		if err := writeStarter(filepath.Join(dir, n.target), n.source); err != nil {
			return fileError("write", err)
		}
		fmt.Fprintln(a.stdout, "wrote "+filepath.Join(dir, n.target))
	}
	in := ""
	if dir != "." {
		in = "cd " + quoteArg(dir) + " && "
	}
	next := "run -p parameters.yaml"
	if step.Platform() != nil {
		next = "check"
	}
	fmt.Fprintf(a.stderr, "next: %s%s %s\n", in, a.self(), next)
	return nil
}

// schemaFile is the schema that the starter's pipeline names for editors.
const schemaFile = "pipeline.schema.json"

// starterFile is a file of the starter and the name that it gets; without a source it is the schema.
type starterFile struct{ source, target string }

func starterNames() ([]starterFile, error) {
	var names []starterFile
	err := fs.WalkDir(starter, "starter", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		target, _ := filepath.Rel("starter", path)
		if name, ok := strings.CutPrefix(target, "dot"); ok {
			target = "." + name
		}
		names = append(names, starterFile{path, target})
		return nil
	})
	names = append(names, starterFile{"", schemaFile})
	return names, err
}

func writeStarter(to, source string) error {
	data := yamldef.Schema(target.StepSchemas(backends.All()))
	if source != "" {
		var err error
		if data, err = starter.ReadFile(source); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return writeFile(to, data)
}

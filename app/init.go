package app

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
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
		Short: "Write a pipeline, parameters, Dockerfile and .gitignore to start from",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			return a.init(dir, force)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "overwrite files that are there")
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
			return fail(ExitInvalid, "%s is there already: choose another folder, or say --force to overwrite", filepath.Join(dir, n.target))
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
		in = "cd " + dir + " && "
	}
	fmt.Fprintf(a.stderr, "next: %s%s run pipeline.yaml -p parameters.yaml\n", in, a.Name)
	return nil
}

// starterFile is a file of the starter and the name that it gets.
type starterFile struct{ source, target string }

func starterNames() ([]starterFile, error) {
	var names []starterFile
	err := fs.WalkDir(starter, "starter", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		target, _ := filepath.Rel("starter", path)
		if target == "dotgitignore" {
			target = ".gitignore"
		}
		names = append(names, starterFile{path, target})
		return nil
	})
	return names, err
}

func writeStarter(target, source string) error {
	data, err := starter.ReadFile(source)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.WriteFile(target, data, 0o644)
}

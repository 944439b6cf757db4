package app

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/backends"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/plugin"
)

// pluginsCommand lists the programs that add to this one.
func (a *command) pluginsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "plugins",
		Short: "List the task kinds, frontends and backends that programs on PATH add",
		Long: `List the programs called runnable-render-task-NAME, runnable-render-frontend-NAME and runnable-render-backend-NAME
in the folders of PATH, and why a program is refused. A task kind is selected by its command_type, a frontend by the
extension of its files, a backend by the word after --target. docs/plugins.md says how to write one.`,
		Args: operands(nil, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var refused int
			own := a.ownPlugins()
			for _, f := range own {
				fmt.Fprintf(a.stdout, "%-8s  %-16s  of this program\n", f.Role, f.Name)
			}
			found := plugin.Find(cmd.Context(), os.Getenv("PATH"), a.isBuiltIn)
			for _, f := range found {
				fmt.Fprintf(a.stdout, "%-8s  %-16s  %s", f.Role, f.Name, f.Program)
				switch {
				case f.Refused != "":
					refused++
					fmt.Fprintf(a.stdout, "  refused: %s", f.Refused)
				case f.Description != "":
					fmt.Fprintf(a.stdout, "  %s", f.Description)
				}
				fmt.Fprintln(a.stdout)
			}
			if len(found)+len(own) == 0 {
				fmt.Fprintf(a.stdout, "none: no program on PATH is called %s or the like\n", plugin.ProgramName(plugin.RoleTask, "NAME"))
			}
			if refused > 0 {
				fmt.Fprintf(a.stderr, "%s refused\n", plural(refused, "plugin"))
			}
			return nil
		},
	}
}

// ownPlugins are those that the program itself brings.
func (a *command) ownPlugins() []plugin.Found {
	var out []plugin.Found
	for kind := range a.Tasks {
		out = append(out, plugin.Found{Role: plugin.RoleTask, Name: kind})
	}
	for _, t := range a.ownTargets()[len(backends.All()):] {
		out = append(out, plugin.Found{Role: plugin.RoleBackend, Name: t.Name()})
	}
	for _, f := range a.Frontends {
		for _, ext := range f.Extensions {
			out = append(out, plugin.Found{Role: plugin.RoleFrontend, Name: ext[1:]})
		}
	}
	slices.SortFunc(out, func(x, y plugin.Found) int { return compareFound(x, y) })
	return out
}

func compareFound(x, y plugin.Found) int {
	return slices.Compare([]string{string(x.Role), x.Name}, []string{string(y.Role), y.Name})
}

// isBuiltIn reports whether a plugin's name is one that this program has itself. The program of Go functions is no
// plugin, but is found in the same way: in an image it is the pipeline's own (docs/go.md).
func (a *command) isBuiltIn(role plugin.Role, name string) bool {
	switch role {
	case plugin.RoleTask:
		return slices.Contains([]string{"python", "async-python", "shell", "notebook"}, name) || a.Tasks[name] != nil
	case plugin.RoleBackend:
		return name == graphTarget || slices.ContainsFunc(a.ownTargets(), func(t target.Target) bool { return t.Name() == name })
	case plugin.RoleFrontend:
		for _, f := range append(slices.Clone(a.Frontends), frontends.All()...) {
			if slices.Contains(f.Extensions, "."+name) {
				return true
			}
		}
	}
	return false
}

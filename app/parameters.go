package app

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/ir"
)

// explainParameters adds to the help of a command that takes a FILE the parameters that the file declares, and completes
// their names and choices.
func (a *command) explainParameters(cmd *cobra.Command) {
	help := cmd.HelpFunc()
	cmd.SetHelpFunc(func(c *cobra.Command, args []string) {
		help(c, args)
		file, err := a.definitionFile(c.Flags().Args())
		if declared := a.declaredIn(c.Context(), file); err == nil && len(declared) > 0 {
			fmt.Fprintf(c.OutOrStdout(), "\nParameters of %s (--param name=value):\n", file)
			printParameters(c.OutOrStdout(), declared)
		}
	})
	_ = cmd.RegisterFlagCompletionFunc("param", func(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		file, err := a.definitionFile(args)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completions(a.declaredIn(c.Context(), file), begun), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
}

// declaredIn are the parameters that a definition declares, where it can be read.
func (a *command) declaredIn(ctx context.Context, file string) []ir.Parameter {
	if file == "" {
		return nil
	}
	s, err := a.load(ctx, file, frontends.Options{})
	if err != nil || s.pipeline == nil || ir.CheckParameters(s.pipeline).HasErrors() {
		return nil
	}
	return s.pipeline.Parameters
}

func printParameters(w io.Writer, declared []ir.Parameter) {
	var rows [][]string
	for _, p := range declared {
		rows = append(rows, []string{"  " + p.Name, string(p.Type), p.Standing(), strings.Join(strings.Fields(p.Help), " ")})
	}
	_ = table(w, rows)
}

// completions are the ways to go on with what has been begun of --param.
func completions(declared []ir.Parameter, begun string) []string {
	var out []string
	for _, p := range declared {
		if !strings.HasPrefix(begun, p.Name+"=") {
			out = append(out, p.Name+"=")
			continue
		}
		for _, c := range p.Choices {
			if p.Type == ir.StrType {
				c = ir.Unquoted(c)
			}
			out = append(out, p.Name+"="+c)
		}
	}
	return out
}

package app

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/internal/config"
	"github.com/runnable-render/runnable-render/internal/pipetest"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// schemaCommand prints the JSON schema of definitions, or of the configuration.
func (a *command) schemaCommand() *cobra.Command {
	var ofConfig, ofTests bool
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of YAML definitions, for editors",
		Args:  operands(nil, 0),
		RunE: func(*cobra.Command, []string) error {
			if ofConfig {
				return indented(a.stdout, a.configSchema())
			}
			if ofTests {
				_, err := a.stdout.Write(pipetest.Schema())
				return err
			}
			_, err := a.stdout.Write(yamldef.Schema(target.StepSchemas(a.ownTargets())))
			return err
		},
	}
	cmd.Flags().BoolVar(&ofConfig, "config", false, "of runnable-config.yaml")
	cmd.Flags().BoolVar(&ofTests, "tests", false, "of test files, NAME.test.yaml")
	cmd.MarkFlagsMutuallyExclusive("config", "tests")
	return cmd
}

// configSchema is the schema of the configuration, with a section for each target that has options there.
func (o *Options) configSchema() map[string]any {
	sections := map[string]map[string]any{}
	for _, t := range o.ownTargets() {
		if s := target.Schema(t.Options()); s != nil {
			sections[t.Name()] = s
		}
	}
	return config.Schema(sections)
}

// explainCommand tells more of a diagnostic.
func (a *command) explainCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "explain CODE, explain STEP [FILE]",
		Short: "Explain a diagnostic, such as RR0104, or whether and why a step would run",
		Args:  operands(nil, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, c := range diag.Codes() {
					fmt.Fprintf(a.stdout, "%s  %s\n", c.Code, c.Title)
				}
				return nil
			}
			if len(args) == 2 || !likeCode(args[0]) {
				return a.why(cmd.Context(), args[0], args[1:], &f)
			}
			return a.explain(strings.ToUpper(args[0]))
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var codes []string
			for _, c := range diag.Codes() {
				codes = append(codes, c.Code+"\t"+c.Title)
			}
			return codes, cobra.ShellCompDirectiveNoFileComp
		},
	}
	f.inputs.register(cmd)
	f.registerOutput(cmd)
	return cmd
}

// likeCode tells the code of a diagnostic, right or wrong, from the name of a step.
func likeCode(arg string) bool {
	digits, ok := strings.CutPrefix(strings.ToUpper(arg), "RR")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

func (a *command) explain(code string) error {
	c, ok := diag.Lookup(code)
	if !ok {
		var known []string
		for _, c := range diag.Codes() {
			known = append(known, c.Code)
		}
		return fail(ExitInvalid, "no diagnostic has the code %q%s; `%s explain` lists them", code, diag.DidYouMean(code, known), a.Name)
	}
	fmt.Fprintf(a.stdout, "%s: %s\n\n%s\n", c.Code, c.Title, strings.TrimSpace(c.Explanation))
	if c.Bad != "" {
		fmt.Fprintf(a.stdout, "\nWrong:\n\n%s\n", indent(c.Bad))
	}
	if c.Good != "" {
		fmt.Fprintf(a.stdout, "\nRight:\n\n%s\n", indent(c.Good))
	}
	return nil
}

func indent(text string) string {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = "    " + l
		}
	}
	return strings.Join(lines, "\n")
}

package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/diff"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// diffFlags are the flags of diff.
type diffFlags struct {
	inputs inputFlags
	git    string
	format string
	failOn []string
	cached bool
}

func (a *command) diffCommand() *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff OLD NEW, diff RUN [FILE], diff --git REV [FILE...]",
		Short: "Show what a change to a definition affects: steps, results, and what runs again",
		Long: `Compare two definitions by meaning: two files, a run and a file, or files and an earlier revision of them in git. Without
FILE, --git compares all definitions in the current folder and below. REV... (with three dots) is the commit at which
the current branch left REV.

Each change is breaking (the result may differ), neutral (only whether, when or where something runs changes) or cosmetic.
Differences in notation are not changes. The exit code is 0, or 6 if --fail-on names a class or kind of a change that is found.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.valid(args); err != nil {
				return err
			}
			reports, err := a.compared(cmd.Context(), args, &f)
			if err != nil {
				return err
			}
			return a.printDiff(reports, &f)
		},
	}
	f.inputs.registerStore(cmd)
	f.inputs.registerPython(cmd)
	fs := cmd.Flags()
	fs.StringVar(&f.git, "git", "", "compare with this revision: a branch, a tag or a commit; REV... is the commit where the current branch left REV")
	fs.StringVar(&f.format, "format", "text", "text, markdown (for a comment on a pull request) or json")
	fs.StringSliceVar(&f.failOn, "fail-on", nil, "exit with 6 if there is a change of one of these classes or kinds, such as breaking,secrets")
	fs.BoolVar(&f.cached, "cache", false, "report what runs again if every task is cached, as with run --cache")
	complete(cmd, "format", diffFormats()...)
	complete(cmd, "fail-on", diffWords()...)
	_ = cmd.RegisterFlagCompletionFunc("git", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		list, _ := gitIn(".", "for-each-ref", "--format=%(refname:short)") // without a repository there are none
		return strings.Fields(string(list)), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

func diffFormats() []string { return []string{"text", "markdown", "json"} }

// diffWords are what --fail-on may name.
func diffWords() []string {
	var out []string
	for _, c := range diff.Classes() {
		out = append(out, string(c))
	}
	for _, k := range diff.Kinds() {
		out = append(out, string(k))
	}
	return out
}

// valid refuses what has no meaning.
func (f *diffFlags) valid(args []string) error {
	if err := oneOf("format", f.format, diffFormats()...); err != nil {
		return err
	}
	for _, word := range f.failOn {
		if words := diffWords(); !slices.Contains(words, word) {
			return fmt.Errorf("--fail-on %q: give classes or kinds of changes: %s%s", word, strings.Join(words, ", "), diag.DidYouMean(word, words))
		}
	}
	switch {
	case f.git != "":
		return nil
	case len(args) == 0:
		return errors.New("missing OLD and NEW: two files, a run and a file, or --git REV")
	case len(args) == 1 && looksLikeFile(args[0]):
		return fmt.Errorf("missing NEW: give a second definition to compare %s with; to compare it with an earlier version: --git REV %s", args[0], quoteArg(args[0]))
	case len(args) > 2:
		return fmt.Errorf("unexpected argument %q", args[2])
	}
	return nil
}

// compared compares what the command line names.
func (a *command) compared(ctx context.Context, args []string, f *diffFlags) ([]*diff.Report, error) {
	switch {
	case f.git != "":
		return a.diffGit(ctx, args, f)
	case !looksLikeFile(args[0]) && runs.CheckReference(args[0]) == nil:
		r, err := a.diffRun(ctx, args[0], args[1:], f)
		return []*diff.Report{r}, err
	}
	before, err := a.side(ctx, args[0], f.inputs)
	if err != nil {
		return nil, err
	}
	after, err := a.side(ctx, args[1], f.inputs)
	if err != nil {
		return nil, err
	}
	r, err := a.diffSides(ctx, before, after, before.sharesCode(after), f)
	return []*diff.Report{r}, err
}

// sharesCode reports whether the steps of two definitions find the same code: in the same folders, and none in the
// definitions themselves.
func (s *side) sharesCode(other *side) bool {
	x, y := s.layout, other.layout
	return x.Root == y.Root && x.Work == y.Work && x.Folder() == y.Folder() && !isProgram(s.file) && !isProgram(other.file)
}

// side is one of the two definitions.
type side struct {
	*inputs
	name   string // for people
	folder string // of a copy: it stands in no message
}

// side reads a definition. Warnings are for check to tell.
func (a *command) side(ctx context.Context, file string, f inputFlags) (*side, error) {
	in, list, err := a.gather(ctx, file, &f, false)
	if err != nil {
		return nil, err
	}
	if list.HasErrors() {
		return nil, a.report(list, in.texts(), ExitInvalid)
	}
	return &side{inputs: in, name: filepath.ToSlash(file)}, nil
}

// diffSides compares two definitions, and the code of their steps unless it is known to be the same.
func (a *command) diffSides(ctx context.Context, before, after *side, sameCode bool, f *diffFlags) (*diff.Report, error) {
	if before.nameless() && after.nameless() { // the files' names are not part of what they say
		before.pipeline.Name = after.pipeline.Name
	}
	c := diff.Compare(before.pipeline, after.pipeline)
	more := diff.Configurations(before.configuration(), after.configuration())
	var files map[string][]string
	if !sameCode {
		more = append(more, diff.Programs(before.program(after), after.program(before))...)
		code, differ, err := a.codeChanges(ctx, before, after, c.Pairs)
		if err != nil {
			return nil, err
		}
		more, files = append(more, code...), differ
	}
	r := reportOf(before.name, after.name, c, more)
	r.Effects = &diff.Effects{}
	r.Effects.Again, r.Effects.Perhaps = a.cacheEffects(ctx, c, after, files, f)
	var err error
	if r.Effects.Targets, err = a.targetEffects(before, after); r.Effects.None() {
		r.Effects = nil
	}
	return r, err
}

// configuration is what the configuration says of where the pipeline runs.
func (s *side) configuration() diff.Configuration {
	c := diff.Configuration{Shared: s.config.Shared(), Targets: map[string][]byte{}}
	for name, section := range s.config.Targets {
		c.Targets[name] = section.JSON
	}
	return c
}

// program is what the definition's program sets. Where both texts are the same, what only one of them sets comes from a file that git
// does not track, such as .env: a copy of a revision has none.
func (s *side) program(other *side) diff.Program {
	p := diff.Program{ParametersFile: filepath.ToSlash(s.settings.ParametersFile), Environ: map[string]string{}}
	for name, value := range s.settings.Environ {
		if _, both := other.settings.Environ[name]; both || !bytes.Equal(s.text, other.text) {
			p.Environ[name] = strings.NewReplacer(s.layout.Folder(), ".", s.layout.Root, ".").Replace(value)
		}
	}
	return p
}

// nameless reports whether the pipeline has the name that its file gives it.
func (s *side) nameless() bool { return s.pipeline.Name == pipelineName("", s.file) }

// reportOf is what was found, with the changes that the definitions themselves do not tell.
func reportOf(before, after string, c *diff.Comparison, more []diff.Change) *diff.Report {
	r := &diff.Report{File: after, OldHash: c.OldHash, NewHash: c.NewHash, Changes: c.With(more)}
	if before != after {
		r.Was = before
	}
	r.Equal = c.Equal() && len(more) == 0
	return r
}

// printDiff prints the reports and ends the command with what was found.
func (a *command) printDiff(reports []*diff.Report, f *diffFlags) error {
	out := plain{a.stdout}
	switch f.format {
	case "json":
		if err := indented(a.stdout, diff.Document{Version: diff.Version, Definitions: reports}); err != nil {
			return fail(ExitEnvironment, "%w", err)
		}
	case "markdown":
		diff.PrintMarkdown(out, reports)
	default:
		diff.PrintText(out, reports)
	}
	var found []string
	for _, word := range f.failOn {
		if slices.ContainsFunc(reports, func(r *diff.Report) bool { return diff.Holds(r.Changes, word) }) {
			found = append(found, word)
		}
	}
	if len(found) > 0 {
		fmt.Fprintf(a.stderr, "found changes of --fail-on: %s\n", strings.Join(found, ", "))
		return told(ExitFound)
	}
	return nil
}

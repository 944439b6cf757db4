package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
)

// catalogCommand groups what looks at the files of runs.
func (a *command) catalogCommand() *cobra.Command {
	return group("catalog", "List the files that a run put into the catalog, get them, compare two runs", a.catalogListCommand(), a.catalogGetCommand(), a.catalogDiffCommand())
}

// catalogFile is one file that a step put.
type catalogFile struct {
	Path   string `json:"path"`
	Step   string `json:"step"`
	Size   int64  `json:"size"`
	Hash   string `json:"sha256"`
	NoCopy bool   `json:"no_copy,omitempty"` // recorded only: its bytes are not in the store
	mode   uint32
}

// catalogFlags choose among the files of a run.
type catalogFlags struct {
	inputs inputFlags
	step   string
}

func (f *catalogFlags) register(a *command, cmd *cobra.Command) {
	f.inputs.registerStore(cmd)
	cmd.Flags().StringVar(&f.step, "step", "", "only files that this step, or a step inside it, put")
	a.completeOfRun(cmd, "step", &f.inputs, stepsOf)
}

func (a *command) catalogListCommand() *cobra.Command {
	var f catalogFlags
	var format string
	cmd := &cobra.Command{
		Use:     "ls RUN [PATTERN]",
		Aliases: []string{"list"},
		Short:   "List the files that a run put into the catalog",
		Args:    operands([]string{"RUN"}, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "table", "json"); err != nil {
				return err
			}
			return a.withRun(cmd.Context(), &f.inputs, args[0], func(st *store.Store, run string) error {
				files, err := filesOf(cmd.Context(), st, run, strings.Join(args[1:], ""), f.step)
				if err != nil {
					return err
				}
				return printFiles(a.stdout, files, format)
			})
		},
	}
	f.register(a, cmd)
	a.completeRuns(cmd, &f.inputs, false, catalogOf)
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	complete(cmd, "format", "table", "json")
	return cmd
}

func (a *command) catalogGetCommand() *cobra.Command {
	var f catalogFlags
	var output string
	cmd := &cobra.Command{
		Use:   "get RUN PATTERN",
		Short: "Fetch files of a run; a pattern is a path, or a glob such as models/**",
		Args:  operands([]string{"RUN", "PATTERN"}, 0),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withRun(cmd.Context(), &f.inputs, args[0], func(st *store.Store, run string) error {
				files, err := filesOf(cmd.Context(), st, run, args[1], f.step)
				if err != nil {
					return err
				}
				files, hidden := byName(args[1], files)
				if len(files) == 0 && len(hidden) > 0 {
					return fail(ExitInvalid, "%s is left out, since programs read such files as settings; name it by a pattern that has the dot (git's own files are never written)", strings.Join(hidden, ", "))
				}
				if files, err = oneEach(run, args[1], files); err != nil {
					return err
				}
				if len(hidden) > 0 {
					fmt.Fprintf(a.stderr, "left out, since programs read such files as settings: %s; to get one, name it\n", strings.Join(hidden, ", "))
				}
				return a.getFiles(cmd.Context(), st, files, output)
			})
		},
	}
	f.register(a, cmd)
	a.completeRuns(cmd, &f.inputs, false, catalogOf)
	cmd.Flags().StringVarP(&output, "output", "o", ".", "folder to write the files below")
	return cmd
}

// filesOf returns the files that the last attempts of a run's steps put, by path and then step; those that match a pattern
// where it is not empty.
func filesOf(ctx context.Context, st *store.Store, run, pattern, step string) ([]catalogFile, error) {
	pattern = or(strings.TrimPrefix(filepath.ToSlash(pattern), "./"), "**")
	if !doublestar.ValidatePattern(pattern) {
		return nil, fail(ExitInvalid, "%q is not a pattern: a bracket or brace stays open", pattern)
	}
	if _, err := st.Header(ctx, run); err != nil {
		return nil, err
	}
	records, err := st.ListRecords(ctx, run)
	if err != nil {
		return nil, err
	}
	last := map[string]engine.Record{}
	for _, rec := range records {
		if rec.Attempt > last[rec.Path].Attempt {
			last[rec.Path] = rec
		}
	}
	files := []catalogFile{}
	for _, rec := range last {
		if step != "" && !engine.Within(rec.Path, step) {
			continue
		}
		for _, f := range rec.Files {
			if f.Stage == engine.StagePut && (doublestar.MatchUnvalidated(pattern, f.Path) || strings.HasPrefix(f.Path, strings.TrimSuffix(pattern, "/")+"/")) {
				files = append(files, catalogFile{f.Path, rec.Path, f.Size, f.Hash, f.NoCopy, f.Mode})
			}
		}
	}
	slices.SortFunc(files, func(x, y catalogFile) int {
		return strings.Compare(x.Path+"\x00"+x.Step, y.Path+"\x00"+y.Step)
	})
	return files, nil
}

func printFiles(w io.Writer, files []catalogFile, format string) error {
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(files)
	}
	t := tabwriter.NewWriter(plain{w}, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PATH\tSIZE\tSTEP\tSHA256")
	for _, f := range files {
		kept := ""
		if f.NoCopy {
			kept = " (not copied)"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%.12s%s\n", f.Path, store.Size(f.Size), f.Step, f.Hash, kept)
	}
	return t.Flush()
}

// byName leaves out files that belong to git, and those whose name or folder begins with a dot unless the pattern says so.
func byName(pattern string, files []catalogFile) (named []catalogFile, hidden []string) {
	dots := strings.HasPrefix(pattern, ".") && !strings.HasPrefix(pattern, "./") || strings.Contains(pattern, "/.")
	for _, f := range files {
		if engine.GitOwns(f.Path) || !dots && strings.Contains("/"+f.Path, "/.") {
			hidden = append(hidden, strconv.Quote(f.Path))
			continue
		}
		named = append(named, f)
	}
	return named, slices.Compact(hidden)
}

// oneEach refuses a path that steps put with different content, for there is no telling which is meant.
func oneEach(run, pattern string, files []catalogFile) ([]catalogFile, error) {
	if len(files) == 0 {
		return nil, fail(ExitInvalid, "run %s put no file that matches %q; `catalog ls` lists what there is", run, pattern)
	}
	var out []catalogFile
	for _, f := range files {
		if n := len(out); n > 0 && out[n-1].Path == f.Path {
			if out[n-1].Hash != f.Hash {
				return nil, fail(ExitInvalid, "%s was put by %s and by %s, with different content; say which with --step", f.Path, out[n-1].Step, f.Step)
			}
			if out[n-1].NoCopy {
				out[n-1] = f
			}
			continue
		}
		out = append(out, f)
	}
	for _, f := range out {
		if f.NoCopy {
			return nil, fail(ExitInvalid, "%s was recorded, not copied: step %s has store_copy: false", f.Path, f.Step)
		}
	}
	return out, nil
}

// getFiles writes the files below a folder, several at a time, and prints their names in order.
func (a *command) getFiles(ctx context.Context, st *store.Store, files []catalogFile, dir string) error {
	done := make([]string, len(files))
	size := func(i int) int64 { return files[i].Size }
	err := store.MoveFiles(len(files), size, func(i int) (err error) {
		done[i], err = a.getFile(ctx, st, files[i], dir)
		return err
	})
	for _, name := range done {
		if name != "" {
			fmt.Fprintln(plain{a.stdout}, name)
		}
	}
	return err
}

// makeFolderOf makes the folder of a path below a folder, and refuses one that a link leads out of it.
func makeFolderOf(dir, name string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return root.MkdirAll(filepath.Dir(filepath.FromSlash(name)), 0o777)
}

// getFile writes a file and returns where it is.
func (a *command) getFile(ctx context.Context, st *store.Store, f catalogFile, dir string) (string, error) {
	if !filepath.IsLocal(filepath.FromSlash(f.Path)) { // no record of ours holds such a path
		return "", fail(ExitEnvironment, "%q leads out of the folder; it is not written", f.Path)
	}
	if err := makeFolderOf(dir, f.Path); err != nil {
		return "", fail(ExitEnvironment, "%s is not written below %s: %w", f.Path, dir, err)
	}
	to := filepath.Join(dir, filepath.FromSlash(f.Path))
	ctx = store.Watch(ctx, 5*time.Second, func(m store.Moved) { fmt.Fprintf(a.stderr, "%s: %s\n", f.Path, m) })
	if err := st.GetFile(ctx, engine.Blob{Hash: f.Hash, Size: f.Size}, to); err != nil {
		return "", err
	}
	if f.mode != 0 {
		if err := os.Chmod(to, os.FileMode(f.mode).Perm()); err != nil {
			return "", fileError("change", err)
		}
	}
	return to, nil
}

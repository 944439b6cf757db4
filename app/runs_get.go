package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// getFlags say what a name stands for, and where it goes.
type getFlags struct {
	inputs                 inputFlags
	step, item, as, output string
}

// What a name can stand for, where both are there.
const (
	asValue = "value"
	asFile  = "file"
)

func (a *command) runsGetCommand() *cobra.Command {
	var f getFlags
	cmd := &cobra.Command{
		Use:   "get RUN NAME",
		Short: "Get a parameter, metric, object or file of a run",
		Long: `Get a result of a run by its name. A parameter or metric is printed as JSON, an object as the bytes of its pickle, a file
of the catalog unchanged. The bytes of objects and files go to a file (-o) or a pipe, never to a terminal.

Without --step the value is the final one of the run. --step STEP gets the value or file of that step, even while the run is
going on. An object that a map returned has one pickle for each item: --item 0, or --item 3.0 in nested maps. With
RUNNABLE_OBJECTS=own you get only objects that your own runs have signed.`,
		Args: operands([]string{"RUN", "NAME"}, 0),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.as != "" {
				if err := oneOf("as", f.as, asValue, asFile); err != nil {
					return err
				}
			}
			return a.withRun(cmd.Context(), &f.inputs, args[0], func(st *store.Store, run string) error {
				return a.get(cmd.Context(), st, run, args[1], &f)
			})
		},
	}
	f.inputs.registerStore(cmd)
	a.completeRuns(cmd, &f.inputs, false, namesOf)
	fs := cmd.Flags()
	fs.StringVarP(&f.output, "output", "o", "", "file to write instead of stdout")
	fs.StringVar(&f.step, "step", "", "the value or file that this step returned or put")
	fs.StringVar(&f.item, "item", "", "number of the item, for an object that a map returned")
	fs.StringVar(&f.as, "as", "", "value or file, if NAME is both")
	a.completeOfRun(cmd, "step", &f.inputs, stepsOf)
	complete(cmd, "as", asValue, asFile)
	return cmd
}

// get writes what a run has under a name.
func (a *command) get(ctx context.Context, st *store.Store, run, name string, f *getFlags) error {
	values, files, err := left(ctx, st, run, f.step)
	if err != nil {
		return err
	}
	value := slices.IndexFunc(values, func(n engine.Named) bool { return n.Name == name })
	put := slices.DeleteFunc(slices.Clone(files), func(file catalogFile) bool { return file.Path != strings.TrimPrefix(name, "./") })
	switch {
	case f.as == asValue:
		put = nil
	case f.as == asFile:
		value = -1
	case value >= 0 && len(put) > 0:
		return fail(ExitInvalid, "%q is a value and a file of run %s; say which with --as value or --as file", name, run)
	}
	switch {
	case value >= 0:
		return a.getValue(ctx, st, values[value], f)
	case f.item != "":
		return fail(ExitInvalid, "--item is for objects that a map returned, and %q is none", name)
	case len(put) == 0:
		return a.nothingLeft(ctx, st, run, name, values, files)
	}
	if put, err = oneEach(run, name, put); err != nil {
		return err
	}
	return a.sendFile(ctx, st, put[0], f.output)
}

// left are the values and files that a run has: what it ended with, or what one of its steps returned and put.
func left(ctx context.Context, st *store.Store, run, path string) ([]engine.Named, []catalogFile, error) {
	d, err := runs.Of(ctx, st, run)
	if err != nil {
		return nil, nil, err
	}
	files, err := filesOf(ctx, st, run, "", path)
	if err != nil || path == "" {
		return d.Summary.Parameters, files, err
	}
	if !slices.ContainsFunc(d.Summary.Steps, func(s runs.Step) bool { return s.Path == path }) {
		return nil, nil, noStep(d.Summary, path)
	}
	rec, err := st.Latest(ctx, run, path)
	if err != nil || rec == nil {
		return nil, files, err
	}
	return rec.Returns, files, nil
}

// noStep is the error for a step that a run has not begun.
func noStep(s *runs.Summary, path string) error {
	var known []string
	for _, step := range s.Steps {
		known = append(known, step.Path)
	}
	return fail(ExitInvalid, "run %s has begun no step %q%s", s.RunID, path, diag.DidYouMean(path, known))
}

// nothingLeft is the error for a name that stands for nothing.
func (a *command) nothingLeft(ctx context.Context, st *store.Store, run, name string, values []engine.Named, files []catalogFile) error {
	var known []string
	for _, v := range values {
		known = append(known, v.Name)
	}
	for _, f := range files {
		known = append(known, f.Path)
	}
	why := diag.DidYouMean(name, known)
	if e, _, err := runs.EntryOf(ctx, st, run); why == "" && err == nil && e.Status != engine.Success {
		why = fmt.Sprintf("; it is %s: --step STEP gets what one of its steps returned", e.Status)
	}
	if why == "" {
		why = fmt.Sprintf("; `%s runs show %s` and `catalog ls` list what there is", a.Name, run)
	}
	return fail(ExitInvalid, "run %s has no parameter, metric, object or file %q%s", run, name, why)
}

// getValue writes a value as JSON, or the pickle of an object.
func (a *command) getValue(ctx context.Context, st *store.Store, n engine.Named, f *getFlags) error {
	if !n.Value.IsObject() {
		if f.item != "" {
			return fail(ExitInvalid, "--item is for objects that a map returned, and %q is none", n.Name)
		}
		text, err := n.Value.Text(st.Blobs(ctx))
		if err != nil {
			return err
		}
		return a.send(append(slices.Clip(text), '\n'), f.output)
	}
	v, err := itemOf(n, f.item)
	if err != nil {
		return err
	}
	if !v.IsObject() {
		return a.getValue(ctx, st, engine.Named{Name: n.Name, Value: v}, &getFlags{output: f.output})
	}
	if err := a.refuseTerminal(n.Name, "an object", v.Blob.Size, f.output); err != nil {
		return err
	}
	data, err := st.GetBlob(ctx, *v.Blob)
	if err != nil {
		return err
	}
	if data, err = step.OpenObject(os.Environ(), data); err != nil {
		return fail(ExitEnvironment, "%s: %w", n.Name, err)
	}
	return a.send(data, f.output)
}

// itemOf returns a pickled object, or one of the items of a list of such, which may be JSON: null where a map's item returned none.
func itemOf(n engine.Named, item string) (engine.Value, error) {
	v, rest := n.Value, item
	for v.Items != nil {
		number, more, _ := strings.Cut(rest, ".")
		i, err := strconv.Atoi(number)
		if err != nil || i < 0 || i >= len(v.Items) {
			return v, fail(ExitInvalid, "%q holds %s, one for each item of a map; name one with --item 0 to %d", n.Name, plural(len(v.Items), "object"), len(v.Items)-1)
		}
		v, rest = v.Items[i], more
	}
	if rest != "" || v.IsObject() && v.Blob == nil {
		return v, fail(ExitInvalid, "%q has no item %q", n.Name, item)
	}
	return v, nil
}

// refuseTerminal keeps bytes off a terminal, which they could take over.
func (a *command) refuseTerminal(name, what string, size int64, output string) error {
	if output != "" || !isTerminal(a.stdout) {
		return nil
	}
	return fail(ExitInvalid, "%s is %s of %s, which is not written to a terminal; name a file with -o, or send it to a pipe", name, what, store.Size(size))
}

// sendFile writes a file of the catalog to a file, or to stdout as it comes.
func (a *command) sendFile(ctx context.Context, st *store.Store, f catalogFile, output string) error {
	if err := a.refuseTerminal(f.Path, "a file", f.Size, output); err != nil {
		return err
	}
	blob := engine.Blob{Hash: f.Hash, Size: f.Size}
	if output != "" {
		if isFolder(output) {
			return fail(ExitInvalid, "-o %s: it is a folder; name a file, or get the file below a folder with `%s catalog get`", output, a.Name)
		}
		return st.GetFile(ctx, blob, output)
	}
	in, err := st.OpenBlob(ctx, blob)
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(a.stdout, in)
	return err
}

// send writes bytes to a file, whole or not at all, or to stdout.
func (a *command) send(data []byte, output string) error {
	if output == "" {
		_, _ = a.stdout.Write(data) // which remembers an error
		return nil
	}
	if err := writeFile(output, data); err != nil {
		return fileError("write", err)
	}
	return nil
}

// namesOf are the names of what a run left.
func namesOf(ctx context.Context, st *store.Store, run string) []string {
	values, files, err := left(ctx, st, run, "")
	if err != nil {
		return nil
	}
	var all []string
	for _, v := range values {
		all = append(all, v.Name)
	}
	for _, f := range files {
		all = append(all, f.Path)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

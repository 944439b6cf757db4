package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"
)

// renderedFile is a file that this tool has rendered.
type renderedFile struct {
	path string
	text []byte
	args []string
}

// maxRendered bounds a rendered file. One of 32 MiB of definition has less than a quarter of it.
const maxRendered = 256 << 20

// readRendered returns the rendered file at a path, or nil for a file of another kind.
func readRendered(file string) (*renderedFile, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // it might never end, or never begin
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lead := make([]byte, maxLead+len(headerFirst))
	n, err := io.ReadFull(f, lead)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if !bytes.Contains(lead[:n], []byte(headerFirst)) {
		return nil, nil
	}
	rest, err := io.ReadAll(io.LimitReader(f, maxRendered+1))
	if err != nil {
		return nil, err
	}
	if len(rest) > maxRendered {
		return nil, &fs.PathError{Op: "read", Path: file, Err: fmt.Errorf("it is larger than %d MiB, which no rendered file is", maxRendered>>20)}
	}
	text := append(lead[:n], rest...)
	args, ok := headerOf(text)
	if !ok {
		return nil, nil
	}
	return &renderedFile{path: file, text: text, args: args}, nil
}

// findRendered returns the rendered files at and below the paths, in order. A path that is a definition stands for
// what is rendered beside it. Folders whose name begins with a dot are passed over.
func findRendered(paths []string) ([]*renderedFile, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	found := map[string]*renderedFile{}
	for _, p := range paths {
		st, err := os.Stat(p)
		switch {
		case err != nil:
			return nil, fileError("read", err)
		case st.IsDir():
			err = findBelow(p, found)
		default:
			err = findFor(p, found)
		}
		if err != nil {
			return nil, err
		}
	}
	out := make([]*renderedFile, 0, len(found))
	for _, name := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[name])
	}
	return out, nil
}

func findBelow(dir string, found map[string]*renderedFile) error {
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // removed while we look
			return nil
		case err != nil:
			return err
		case d.IsDir() && file != dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return filepath.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		r, err := readRendered(file)
		if r != nil && (isYAML(file) || r.named()) {
			found[filepath.Clean(file)] = r
		}
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) && !isYAML(file) {
			return nil // a link to nothing, or data
		}
		return err
	})
	if err != nil {
		return fileError("read", err)
	}
	return nil
}

// findFor takes a rendered file, or those in a definition's folder and below that come from it.
func findFor(file string, found map[string]*renderedFile) error {
	r, err := readRendered(file)
	if err != nil {
		return fileError("read", err)
	}
	if r != nil {
		found[filepath.Clean(file)] = r
		return nil
	}
	near := map[string]*renderedFile{}
	if err := findBelow(filepath.Dir(file), near); err != nil {
		return err
	}
	for name, r := range near {
		if len(r.args) > 0 && sameFile(beside(r.path, r.args[0]), file) {
			found[name] = r
		}
	}
	return nil
}

func isYAML(file string) bool {
	ext := filepath.Ext(file)
	return ext == ".yaml" || ext == ".yml"
}

// named reports whether the file has the name that its command gives it, if that gives it one: else it is a copy.
func (r *renderedFile) named() bool {
	for i, arg := range r.args[:max(0, len(r.args)-1)] {
		if arg == "--output" {
			return isFolder(r.args[i+1]) || filepath.Base(r.args[i+1]) == filepath.Base(r.path)
		}
	}
	return true
}

// again renders anew what one command rendered, and returns what its files should hold by name. One that renders to
// stdout or a file has one, by whatever name.
func (v *review) again(ctx context.Context, r *renderedFile) (map[string][]byte, bool, error) {
	flags := &renderFlags{}
	cmd := &cobra.Command{Use: "render"}
	cmd.SetContext(ctx)
	flags.register(ctx, v.called(r.args), cmd)
	if err := cmd.ParseFlags(r.args); err != nil {
		return nil, false, fail(ExitInvalid, "%s: the command in its second line: %w", r.path, err)
	}
	args := cmd.Flags().Args()
	if len(args) != 1 || flags.name == "" || flags.here() || flags.name == graphTarget {
		return nil, false, fail(ExitInvalid, "%s: the command in its second line renders nothing", r.path)
	}
	if err := flags.apply(v.command, cmd); err != nil {
		return nil, false, fail(ExitInvalid, "%s: the command in its second line: %w", r.path, err)
	}
	definition := beside(r.path, args[0])
	if !exists(definition) {
		return nil, false, fail(ExitInvalid, "%s: its definition %s no longer exists; remove the file, or render it again from the definition's new place", r.path, definition)
	}
	flags.inputs.config = beside(r.path, flags.inputs.config)
	flags.inputs.paramsFile = beside(r.path, flags.inputs.paramsFile)
	flags.inputs.root = beside(r.path, flags.inputs.root)
	flags.inputs.closed, flags.quiet = true, true
	if err := v.trust.all(ctx, r, definition, &flags.inputs); err != nil {
		return nil, false, err
	}
	_, rendering, err := v.rendered(ctx, definition, flags)
	if err != nil {
		return nil, false, err
	}
	files := map[string][]byte{}
	for name := range rendering.Files {
		files[name] = headed(rendering, name, r.args)
	}
	return files, isFolder(flags.output), nil
}

// review is a walk over rendered files that compares each with what it should be.
type review struct {
	*command
	update  bool
	trust   *trust
	folders map[string]map[string][]byte // what a folder should hold, by folder and command
	worst   int                          // exit code of what could not be rendered
	looked  int
	drifted int
	broken  int
}

// review renders every rendered file anew; a check prints what differs, an update writes it.
func (a *command) review(ctx context.Context, paths, allowed []string, update bool) error {
	found, err := findRendered(paths)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fail(ExitInvalid, "no rendered files here; render one with: %s FILE --target argo -o wf.yaml", a.Name)
	}
	v := &review{command: a, update: update, trust: newTrust(paths, allowed), folders: map[string]map[string][]byte{}}
	for _, r := range found {
		if err := v.file(ctx, r); err != nil {
			return err
		}
	}
	fmt.Fprintf(a.stderr, "%s looked at, %s\n", plural(v.looked, "rendered file"), v.outcome())
	switch {
	case v.broken > 0:
		return told(v.worst)
	case v.drifted > 0 && !update:
		return told(ExitDrift)
	}
	return nil
}

// file compares one rendered file; with the first of a folder also what is missing there.
func (v *review) file(ctx context.Context, r *renderedFile) error {
	v.looked++
	key := filepath.Dir(r.path) + "\x00" + strings.Join(r.args, "\x00")
	files, known := v.folders[key]
	if !known {
		var folder bool
		var err error
		files, folder, err = v.again(ctx, r)
		if err != nil {
			return v.cannot(r, err)
		}
		if !folder {
			for _, only := range files {
				return v.settle(r.path, r.text, only)
			}
		}
		v.folders[key] = files
		if err := v.missing(filepath.Dir(r.path), files); err != nil {
			return err
		}
	}
	return v.settle(r.path, r.text, files[filepath.Base(r.path)])
}

// cannot notes a file that could not be rendered, and goes on with the others.
func (v *review) cannot(r *renderedFile, err error) error {
	var e *exit
	if !errors.As(err, &e) {
		return err
	}
	if e.err != nil {
		fmt.Fprintf(v.stderr, "%s: %v\n", v.Name, e.err)
	} else {
		fmt.Fprintf(v.stderr, "%s: %s could not be rendered again\n", v.Name, r.path)
	}
	v.worst, v.broken = e.code, v.broken+1
	return nil
}

// missing settles files that a folder should hold and does not.
func (v *review) missing(dir string, files map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if path := filepath.Join(dir, name); !exists(path) {
			v.looked++
			if err := v.settle(path, nil, files[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle shows or writes one difference. A file that should not be there any more wants to be nil.
func (v *review) settle(path string, is, want []byte) error {
	if bytes.Equal(is, want) {
		return nil
	}
	v.drifted++
	if !v.update {
		_, _ = v.stdout.Write(diff.Diff(path, is, path+" (rendered again)", want))
		return nil
	}
	if want == nil {
		if err := os.Remove(path); err != nil {
			return fileError("remove", err)
		}
		fmt.Fprintln(v.stdout, "removed "+path)
		return nil
	}
	if err := writeFile(path, want); err != nil {
		return fileError("write", err)
	}
	fmt.Fprintln(v.stdout, "updated "+path)
	return nil
}

func (v *review) outcome() string {
	text := "all up to date"
	switch {
	case v.drifted > 0 && v.update:
		text = fmt.Sprintf("%d updated", v.drifted)
	case v.drifted > 0:
		text = fmt.Sprintf("%d out of date; `%s render --update` rewrites them", v.drifted, v.Name)
	case v.broken > 0:
		text = fmt.Sprintf("%d up to date", v.looked-v.broken)
	}
	if v.broken > 0 {
		text += fmt.Sprintf(", %d could not be rendered", v.broken)
	}
	return text
}

// difference is two texts as a unified diff.
func difference(was, is string) string {
	return strings.TrimSuffix(string(diff.Diff("as it ran", []byte(was), "as it is", []byte(is))), "\n")
}

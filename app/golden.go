package app

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A rendered file begins with the command that makes it again. It is what --check and --update go by, so a review
// of rendered files needs no list of them anywhere.
const (
	headerFirst  = "# Rendered by runnable-render; do not edit. To render it again:\n"
	headerPrefix = "#   runnable-render "
)

// header is the comment at the top of a rendered file.
func header(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = quoteArg(a)
	}
	return headerFirst + headerPrefix + strings.Join(quoted, " ") + "\n"
}

// quoteArg quotes an argument for a shell where it needs it. A line end has no place in a comment.
func quoteArg(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@,+", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	s = strings.NewReplacer("\n", " ", "\r", " ").Replace(s)
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// splitArgs takes a command line of [quoteArg] apart.
func splitArgs(line string) []string {
	var args []string
	var cur strings.Builder
	open, quoted := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\'':
			quoted = false
		case quoted:
			cur.WriteByte(c)
		case c == '\'':
			quoted, open = true, true
		case c == '\\' && i+1 < len(line):
			i++
			cur.WriteByte(line[i])
			open = true
		case c == ' ':
			if open {
				args = append(args, cur.String())
				cur.Reset()
			}
			open = false
		default:
			cur.WriteByte(c)
			open = true
		}
	}
	if open {
		args = append(args, cur.String())
	}
	return args
}

// renderedFile is a file that this tool has rendered.
type renderedFile struct {
	path string
	text []byte
	args []string
}

// readRendered returns the rendered file at a path, or nil for a file of another kind.
func readRendered(file string) (*renderedFile, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	rest, ok := bytes.CutPrefix(text, []byte(headerFirst))
	if !ok {
		return nil, nil
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	args, ok := strings.CutPrefix(string(line), headerPrefix)
	if !ok {
		return nil, nil
	}
	return &renderedFile{path: file, text: text, args: splitArgs(args)}, nil
}

// findRendered returns the rendered files at and below the paths, in order. Folders whose name begins with a dot
// are passed over.
func findRendered(paths []string) ([]*renderedFile, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var out []*renderedFile
	for _, p := range paths {
		err := filepath.WalkDir(p, func(file string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && file != p && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
				return filepath.SkipDir
			case d.IsDir() || !slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(file)):
				return nil
			}
			r, err := readRendered(file)
			if err != nil || r == nil {
				return err
			}
			out = append(out, r)
			return nil
		})
		if err != nil {
			return nil, fileError("read", err)
		}
	}
	return out, nil
}

// again renders a rendered file anew and returns what it should hold.
func (a *command) again(r *renderedFile) ([]byte, error) {
	flags := &renderFlags{}
	cmd := &cobra.Command{Use: "render"}
	flags.register(cmd)
	if err := cmd.ParseFlags(r.args); err != nil {
		return nil, fail(ExitInvalid, "%s: the command in its first lines: %w", r.path, err)
	}
	args := cmd.Flags().Args()
	if len(args) != 1 {
		return nil, fail(ExitInvalid, "%s: the command in its first lines names no definition", r.path)
	}
	given := slices.Clone(r.args)
	args[0] = beside(r.path, args[0])
	flags.inputs.config = beside(r.path, flags.inputs.config)
	flags.inputs.paramsFile = beside(r.path, flags.inputs.paramsFile)
	flags.quiet = true
	files, err := a.renderFiles(args[0], flags)
	if err != nil {
		return nil, err
	}
	body, ok := files[filepath.Base(r.path)]
	if !ok {
		if len(files) != 1 {
			return nil, fail(ExitInvalid, "%s: its command renders no file of that name any more", r.path)
		}
		for _, only := range files {
			body = only
		}
	}
	return append([]byte(header(given)), body...), nil
}

// beside finds a file that a rendered file names: relative to it, or by its last name in the same folder, or
// relative to the current folder.
func beside(rendered, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	dir := filepath.Dir(rendered)
	for _, at := range []string{filepath.Join(dir, name), filepath.Join(dir, path.Base(filepath.ToSlash(name)))} {
		if _, err := os.Stat(at); err == nil {
			return at
		}
	}
	return name
}

// review renders every rendered file anew; check prints what differs, else it is written.
func (a *command) review(paths []string, update bool) error {
	files, err := findRendered(paths)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fail(ExitInvalid, "no rendered files here; render one with: %s FILE --target argo -o wf.yaml", a.Name)
	}
	var drifted, broken int
	var worst *exit
	for _, r := range files {
		want, err := a.again(r)
		var e *exit
		if errors.As(err, &e) {
			if e.err != nil {
				fmt.Fprintf(a.stderr, "%s: %v\n", a.Name, e.err)
			}
			worst = e
			broken++
			continue
		}
		if err != nil {
			return err
		}
		if bytes.Equal(want, r.text) {
			continue
		}
		drifted++
		if err := a.settle(r, want, update); err != nil {
			return err
		}
	}
	fmt.Fprintf(a.stderr, "%s looked at, %s\n", plural(len(files), "rendered file"), outcome(drifted, broken, update))
	switch {
	case worst != nil:
		return told(worst.code)
	case drifted > 0 && !update:
		return told(ExitDrift)
	}
	return nil
}

// settle shows or writes one difference.
func (a *command) settle(r *renderedFile, want []byte, update bool) error {
	if !update {
		_, err := a.stdout.Write(diff.Diff(r.path+" (as it is)", r.text, r.path+" (rendered anew)", want))
		return err
	}
	if err := os.WriteFile(r.path, want, 0o644); err != nil {
		return fileError("write", err)
	}
	fmt.Fprintln(a.stdout, "updated "+r.path)
	return nil
}

func outcome(drifted, broken int, update bool) string {
	verb := "out of date; `runnable-render render --update` rewrites them"
	if update {
		verb = "updated"
	}
	text := fmt.Sprintf("%d %s", drifted, verb)
	if drifted == 0 {
		text = "all up to date"
	}
	if broken > 0 {
		text += fmt.Sprintf(", %d could not be rendered", broken)
	}
	return text
}

// difference is two texts as a unified diff.
func difference(was, is string) string {
	return strings.TrimSuffix(string(diff.Diff("as it ran", []byte(was), "as it is", []byte(is))), "\n")
}

// commandLine is the command that renders again what these flags render, as the header names it: only what was
// given, the definition first, and nothing that only says where the output goes.
func commandLine(file string, flags *pflag.FlagSet) []string {
	args := []string{filepath.ToSlash(file)}
	flags.Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "output", "check", "update", "quiet":
			return
		}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			for _, v := range list.GetSlice() {
				args = append(args, "--"+f.Name, v)
			}
			return
		}
		if f.Value.Type() == "bool" {
			args = append(args, "--"+f.Name)
			return
		}
		args = append(args, "--"+f.Name, f.Value.String())
	})
	return args
}

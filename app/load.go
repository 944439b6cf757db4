package app

import (
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
	"syscall"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/frontends/pycheck"
	"github.com/runnable-render/runnable-render/frontends/pydef"
	"github.com/runnable-render/runnable-render/internal/check"
	"github.com/runnable-render/runnable-render/internal/textfile"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// definitionNames are the files that a command without FILE looks for in the current folder.
var definitionNames = []string{"pipeline.yaml", "pipeline.yml", "pipeline.go", "pipeline.py"}

// looksLikeFile tells an argument that is meant as a file from a misspelt command.
func looksLikeFile(arg string) bool {
	if strings.ContainsAny(arg, `./\`) {
		return true
	}
	_, err := os.Stat(arg)
	return err == nil
}

// definitionFile returns the one file that args name, or the one definition of the current folder.
func (a *command) definitionFile(args []string) (string, error) {
	switch {
	case len(args) == 0 && a.Pipeline != nil:
		return ownFile(a.Pipeline), nil
	case len(args) > 1:
		return "", fmt.Errorf("one definition at a time, got %d: %s", len(args), strings.Join(args, ", "))
	case len(args) == 1:
		return args[0], nil
	}
	found := definitionsIn(".")
	switch len(found) {
	case 0:
		return "", fmt.Errorf("no FILE given, and none of %s is in this folder; `runnable-render init` makes one", strings.Join(definitionNames, ", "))
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("this folder holds %s: say which FILE", strings.Join(found, " and "))
}

// source is a definition as it was read.
type source struct {
	file     string
	text     []byte
	pipeline *ir.Pipeline
	diags    diag.List
	settings pydef.Settings    // what the definition itself says of its run
	goFile   string            // the definition in Go whose functions steps call; empty: file, if it is one
	more     map[string][]byte // other sources that the diagnostics point into
}

// texts returns the source by name, for carets.
func (s *source) texts() map[string][]byte {
	texts := map[string][]byte{s.file: s.text}
	maps.Copy(texts, s.more)
	return texts
}

// readMore reads the other files that the diagnostics of a program point into.
func (s *source) readMore(ctx context.Context) {
	for _, d := range s.diags {
		for _, at := range append([]diag.Note{{Span: d.Span}}, d.Notes...) {
			name := at.Span.File
			if name == "" || name == s.file || s.more[name] != nil {
				continue
			}
			if text, err := textfile.Read(ctx, filepath.FromSlash(name)); err == nil {
				s.more[name] = text
			}
		}
	}
}

// dir is the folder of the definition.
func (s *source) dir() string { return filepath.Dir(s.file) }

// load reads and checks a definition. The error is about the file; what is wrong inside it is in the diagnostics.
func (a *command) load(ctx context.Context, file string, o frontends.Options) (*source, error) {
	if a.isOwn(file) {
		return a.ownSource(ctx, file), nil
	}
	text, err := textfile.Read(ctx, file)
	if errors.Is(err, syscall.EISDIR) {
		if inner := packageFile(file); inner != "" {
			return a.load(ctx, inner, o)
		}
		return nil, fail(ExitInvalid, "%s is a folder%s", file, inside(file))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(ExitInvalid, "%w%s", fileError("read the definition", err), otherFile(file, o.More))
	}
	if err != nil {
		return nil, fileError("read the definition", err)
	}
	s := &source{file: filepath.ToSlash(file), text: text, more: map[string][]byte{}}
	o.More = a.Frontends
	read := frontends.Read(ctx, s.file, text, o)
	if err := ctx.Err(); err != nil {
		return nil, err // what was read is of a program that was stopped
	}
	s.take(ctx, read)
	return s, nil
}

// loadOrTake loads a definition, or takes the pipeline that a program hands over on stdin.
func (a *command) loadOrTake(ctx context.Context, file string, o frontends.Options, handed bool) (*source, error) {
	if !handed {
		return a.load(ctx, file, o)
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return nil, fail(ExitEnvironment, "what was handed over cannot be read: %w", err)
	}
	s := &source{file: filepath.ToSlash(file), more: map[string][]byte{}}
	if s.text, err = textfile.Read(ctx, file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fileError("read the definition", err)
	}
	o.More = a.Frontends
	s.take(ctx, frontends.Handed(ctx, s.file, text, o))
	return s, nil
}

// otherFile suggests the definition with the nearest name beside a file that is not there.
func otherFile(file string, more []frontends.Frontend) string {
	var endings, names []string
	for _, f := range append(slices.Clone(more), frontends.All()...) {
		endings = append(endings, f.Extensions...)
	}
	entries, _ := os.ReadDir(filepath.Dir(file)) // of a folder that is not there, none
	for _, e := range entries {
		if slices.Contains(endings, strings.ToLower(filepath.Ext(e.Name()))) {
			names = append(names, e.Name())
		}
	}
	near := diag.Nearest(filepath.Base(file), names)
	if near == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", quoteArg(filepath.Join(filepath.Dir(file), near)))
}

// take takes what a frontend read.
func (s *source) take(ctx context.Context, read frontends.Result) {
	s.pipeline, s.diags, s.settings, s.goFile = read.Pipeline, read.Diags, read.Settings, read.GoFile
	s.readMore(ctx)
	if s.pipeline == nil {
		return
	}
	s.pipeline.Name = pipelineName(s.pipeline.Name, s.file)
}

// check says what is wrong with the pipeline; sources is what is known for a look at the code of its steps, nil for none.
func (s *source) check(sources *pycheck.Options) {
	if s.pipeline == nil {
		return
	}
	found := check.Check(s.pipeline, check.Options{Read: s.diags, Sources: sources})
	s.diags = append(s.diags, found.Diags...)
	maps.Copy(s.more, found.Texts)
}

// inside names the definitions that a folder holds.
func inside(dir string) string {
	found := definitionsIn(dir)
	if len(found) == 0 {
		return "; name the definition"
	}
	return "; did you mean " + strings.Join(found, " or ") + "?"
}

// definitionsIn are the definitions of a folder, by their usual names.
func definitionsIn(dir string) []string {
	var found []string
	for _, name := range definitionNames {
		file := filepath.Join(dir, name)
		if st, err := os.Stat(file); err == nil && !st.IsDir() {
			found = append(found, file)
		}
	}
	return found
}

// pipelineName is the name given, else that of the file, or of its folder where the file's says nothing (SEMANTICS 1).
func pipelineName(given, file string) string {
	if given != "" {
		return given
	}
	base := filepath.Base(file)
	first, _, _ := strings.Cut(base, ".")
	if name := strings.TrimSuffix(base, filepath.Ext(base)); name != "" && !saysNothing(first) {
		return name
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return "pipeline"
	}
	name := filepath.Base(filepath.Dir(abs))
	if name == string(filepath.Separator) || name == "." {
		return "pipeline"
	}
	return name
}

// saysNothing reports whether a file's name would suit any definition.
func saysNothing(name string) bool {
	return name == "" || strings.EqualFold(name, "pipeline") || strings.EqualFold(name, "flow")
}

// fileError says what could not be done with which file, in the system's words but without Go's.
func fileError(what string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
			return fail(ExitInvalid, "cannot %s %s: %w", what, pe.Path, pe.Err)
		case errors.Is(err, textfile.TooLarge{}), errors.As(err, &textfile.NotFile{}):
			return fail(ExitInvalid, "cannot %s %s: %w", what, pe.Path, pe.Err)
		case errors.Is(err, syscall.EISDIR):
			return fail(ExitInvalid, "cannot %s %s: it is a folder; name a file", what, pe.Path)
		}
		return fail(ExitEnvironment, "cannot %s %s: %w", what, pe.Path, pe.Err)
	}
	return fail(ExitEnvironment, "cannot %s: %w", what, err)
}

// report prints diagnostics to stderr and returns the error that ends the command if there is an error among them.
func (a *command) report(list diag.List, texts map[string][]byte, code int) error {
	list = list.Sorted()
	if len(list) > 0 {
		if err := diag.Print(a.stderr, diag.Text, list, texts); err != nil {
			return fail(ExitEnvironment, "%w", err)
		}
	}
	if list.HasErrors() {
		errors, warnings := list.Count()
		fmt.Fprintln(a.stderr, tally(errors, warnings))
		return told(code)
	}
	return nil
}

// tally says how many errors and warnings there were.
func tally(errors, warnings int) string {
	parts := slices.DeleteFunc([]string{plural(errors, "error"), plural(warnings, "warning")}, func(s string) bool { return strings.HasPrefix(s, "0 ") })
	return strings.Join(parts, ", ")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

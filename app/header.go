package app

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/project"
)

// A rendered file begins with the command that makes it again. It is what --check and --update go by, so a review
// of rendered files needs no list of them anywhere.
const (
	headerFirst  = " Rendered by runnable-render; do not edit. To render it again:\n"
	headerPrefix = "   runnable-render "
)

// headed is a rendered file with the comment at its top, after a line that names an interpreter.
func headed(r target.Rendering, name string, args []string) []byte {
	text := r.Files[name]
	if r.Comment == "" || args == nil {
		return text
	}
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = quoteArg(a)
	}
	header := r.Comment + headerFirst + r.Comment + headerPrefix + strings.Join(quoted, " ") + "\n"
	at := 0
	if bytes.HasPrefix(text, []byte("#!")) {
		at = bytes.IndexByte(text, '\n') + 1
	}
	return slices.Concat(text[:at], []byte(header), text[at:])
}

// maxLead is the most that stands before the header of a rendered file: a line that names an interpreter, and what begins
// a comment.
const maxLead = 256

// headerOf returns the command in the header of a rendered file; ok is false for a file of another kind.
func headerOf(text []byte) (args []string, ok bool) {
	at := bytes.Index(text[:min(len(text), maxLead+len(headerFirst))], []byte(headerFirst))
	if at < 0 {
		return nil, false
	}
	comment := text[bytes.LastIndexByte(text[:at], '\n')+1 : at]
	line, _, _ := bytes.Cut(text[at+len(headerFirst):], []byte("\n"))
	command, ok := bytes.CutPrefix(line, slices.Concat(comment, []byte(headerPrefix)))
	return splitArgs(string(command)), ok && !bytes.ContainsAny(comment, " \t")
}

// quoteArg quotes an argument for a shell where it needs it. What has no place in a comment, as a line end or a byte that
// is not UTF-8, goes as an escape in $'…', which bash, zsh, ksh and POSIX 2024 read.
func quoteArg(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@,+", r)
	}
	switch {
	case s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }):
		return s
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		return escapedArg(s)
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// escapedArg writes an argument with every byte that is not printable ASCII as three octal digits.
func escapedArg(s string) string {
	var b strings.Builder
	b.WriteString("$'")
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || c == '\'' || c == '\\' {
			fmt.Fprintf(&b, `\%03o`, c)
			continue
		}
		b.WriteByte(c)
	}
	b.WriteByte('\'')
	return b.String()
}

// splitArgs takes a command line of [quoteArg] apart.
func splitArgs(line string) []string {
	var args []string
	var cur strings.Builder
	open, quoted, escapes := false, false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\'':
			quoted = false
		case quoted && escapes && c == '\\':
			if n, err := strconv.ParseUint(line[i+1:min(i+4, len(line))], 8, 8); err == nil {
				cur.WriteByte(byte(n))
				i += 3
			}
		case quoted:
			cur.WriteByte(c)
		case c == '\'':
			quoted, open, escapes = true, true, false
		case c == '$' && strings.HasPrefix(line[i+1:], "'"):
			quoted, open, escapes = true, true, true
			i++
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

// commandLine is the command that renders again what these flags render: the definition first, then what was given
// by flags and by the environment. Its paths are seen from the folder of the output, where that is known, so that the
// file can move with its definition and be checked from anywhere.
func commandLine(in *inputs, f *renderFlags, flags *pflag.FlagSet) []string {
	from := outputFolder(f.output)
	given := map[string][]string{} // values of a flag
	flags.Visit(func(f *pflag.Flag) {
		if list, ok := f.Value.(pflag.SliceValue); ok {
			given[f.Name] = list.GetSlice()
			return
		}
		given[f.Name] = []string{f.Value.String()}
	})
	if f.output != "" {
		given["output"] = []string{outputName(f.output)}
	}
	if in.configFile != "" && (f.inputs.config != "" || filepath.Dir(project.Absolute(in.configFile)) != filepath.Dir(project.Absolute(in.file))) {
		given["config"] = []string{seenFrom(from, in.configFile)}
	}
	if file := params.File(f.inputs.paramsFile, f.inputs.env()); file != "" {
		given["parameters"] = []string{seenFrom(from, file)}
	}
	if in.inImage() != "" && (f.inputs.root != "" || !in.layout.Marked()) { // else it is found again from wherever one stands
		given["root"] = []string{seenFrom(from, shortest(in.layout.Root))}
	}
	delete(given, "python") // this machine's; the output is the same with each
	given["param"] = append(fromEnvironment(f.inputs.env()), given["param"]...)

	args := []string{seenFrom(from, in.file)}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		for _, value := range given[name] {
			if f := flags.Lookup(name); f != nil && f.NoOptDefVal == value && value != "" {
				args = append(args, "--"+name) // a switch takes no word behind it
				continue
			}
			args = append(args, "--"+name, value)
		}
	}
	return args
}

// fromEnvironment are the parameters of the environment as values of --param, for the review has no such environment.
func fromEnvironment(env []string) []string {
	var set []string
	for _, kv := range slices.Sorted(slices.Values(env)) {
		if named, ok := strings.CutPrefix(kv, params.Prefix); ok {
			set = append(set, named)
		}
	}
	return set
}

// outputFolder is the folder that an output is in, or empty for stdout.
func outputFolder(output string) string {
	switch {
	case output == "":
		return ""
	case isFolder(output):
		return output
	}
	return filepath.Dir(output)
}

// outputName is an output as seen from its own folder.
func outputName(output string) string {
	if isFolder(output) {
		return "./"
	}
	return filepath.Base(output)
}

// seenFrom is a file's path from a folder, or as it is where there is no telling.
func seenFrom(dir, file string) string {
	if dir == "" {
		return filepath.ToSlash(file)
	}
	rel, err := filepath.Rel(project.Absolute(dir), project.Absolute(file))
	if err != nil {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}

// beside finds a file that the header of a rendered file names: from the rendered file's folder, or by its last name
// in that folder, or from one of the folders above, as after a redirection of stdout.
func beside(rendered, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	dir := filepath.Dir(rendered)
	if at := filepath.Join(dir, name); exists(at) {
		return at
	}
	if at := filepath.Join(dir, filepath.Base(name)); exists(at) {
		return at
	}
	for above := project.Absolute(dir); ; above = filepath.Dir(above) {
		if at := filepath.Join(above, name); exists(at) {
			return shortest(at)
		}
		if above == filepath.Dir(above) {
			return filepath.Join(dir, name) // which is where it should be
		}
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// shortest is a path as seen from here, where that leads down.
func shortest(path string) string {
	if rel := seenFrom(".", path); filepath.IsLocal(rel) {
		return rel
	}
	return path
}

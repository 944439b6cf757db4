// Package params reads the initial parameters of a run: from a file, the environment and the command line
// (SEMANTICS 2).
package params

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// The names in the environment.
const (
	FileVariable = "RUNNABLE_PARAMETERS_FILE"
	Prefix       = "RUNNABLE_PRM_"
)

const (
	codeSyntax    = "RR0350"
	codeDuplicate = "RR0351"
	codeValue     = "RR0352"
	codeMapping   = "RR0353"
	codeFile      = "RR0354"
	codeAmbiguous = "RR0355"
	codeForm      = "RR0356"

	codeUndeclared = "RR0359"
	codeRequired   = "RR0360"
	codeUnfit      = "RR0361"
	codeStray      = "RR0362"
)

// Sources are where initial parameters come from, each over the ones before it.
type Sources struct {
	File      string   // a YAML or JSON file; empty: none. RUNNABLE_PARAMETERS_FILE in Env replaces it
	FileBytes []byte   // what is in File; nil: Load reads the file itself
	Env       []string // name=value each, as os.Environ gives them
	Set       []string // name=value each, as --param gives them
	Placed    []Placed // over File
	Dir       string   // from which paths in Placed are relative

	Declared []ir.Parameter // by the pipeline; none: any parameter may be given
	Files    *Files         // reads parameters of the type file, and File; nil: what is given is their content already
	Open     bool           // more may be given later: required parameters may be missing
}

// Placed is a value that stands in another file than one of parameters.
type Placed struct {
	Name string
	Span diag.Span
	JSON json.RawMessage
}

// File returns the parameters file that counts: the one that the environment names, else the one given.
func File(given string, env []string) string {
	for _, kv := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(kv, FileVariable+"="); ok && value != "" {
			return value
		}
	}
	return given
}

// Load returns the parameters in the order in which they are first named: those of the file, then those of the
// environment by name, then those of the command line.
func Load(s Sources) ([]engine.Named, diag.List) {
	named, _, list := LoadPlaced(s)
	return named, list
}

// LoadPlaced is [Load] that also says where each parameter got its value.
func LoadPlaced(s Sources) ([]engine.Named, map[string]diag.Span, diag.List) {
	l := loader{Sources: s, index: map[string]int{}, places: map[string]diag.Span{}}
	for _, p := range s.Declared {
		l.names = append(l.names, p.Name)
	}
	l.file(s)
	for _, v := range s.Placed {
		l.stray(v.Name, v.Span, true)
		l.value(v.Name, v.Span, v.JSON, s.Dir)
	}
	l.env(s.Env)
	l.set(s.Set)
	l.declared()
	if l.diags.HasErrors() {
		return nil, nil, l.diags.Sorted()
	}
	return l.out, l.places, l.diags.Sorted()
}

type loader struct {
	Sources
	out    []engine.Named
	index  map[string]int // of a name in out
	names  []string       // declared, and of the file
	places map[string]diag.Span
	diags  diag.List
}

func (l *loader) put(name string, v engine.Value, at diag.Span) {
	l.places[name] = at
	if i, ok := l.index[name]; ok {
		l.out[i].Value = v
		return
	}
	l.index[name] = len(l.out)
	l.out = append(l.out, engine.Named{Name: name, Value: v})
}

func (l *loader) errorf(code string, span diag.Span, format string, args ...any) {
	l.diags.Add(diag.Errorf(code, span, format, args...))
}

// where is the place that names are from.
func (l *loader) where() string {
	if len(l.Declared) > 0 {
		return "definition or the parameters file"
	}
	return "parameters file"
}

func (l *loader) file(s Sources) {
	name := File(s.File, s.Env)
	if name == "" {
		return
	}
	src := s.FileBytes
	if name != s.File || src == nil {
		var ok bool
		if src, ok = l.read(name); !ok {
			return
		}
	}
	r := &yaml12.Reader{File: filepath.ToSlash(name), Codes: codes()}
	if isJSON(name, src) {
		for _, m := range r.Object(src) {
			l.fromFile(m.Name, m.Span, m.JSON)
		}
	} else {
		l.yaml(r, src)
	}
	l.diags = append(l.diags, r.Diags...)
}

func codes() yaml12.Codes {
	return yaml12.Codes{Syntax: codeSyntax, Duplicate: codeDuplicate, Value: codeValue}
}

func (l *loader) read(name string) ([]byte, bool) {
	src, err := l.readFile(name)
	if err == nil {
		return src, true
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	l.errorf(codeFile, diag.Span{File: filepath.ToSlash(name)}, "the parameters file cannot be read: %v; it is named by --parameters or %s", err, FileVariable)
	return nil, false
}

// isJSON reports whether a file is read as JSON, which allows some texts that YAML does not.
func isJSON(name string, src []byte) bool {
	if strings.EqualFold(filepath.Ext(name), ".json") {
		return len(bytes.TrimSpace(src)) > 0
	}
	return bytes.HasPrefix(bytes.TrimSpace(src), []byte("{")) && json.Valid(src)
}

func (l *loader) yaml(r *yaml12.Reader, src []byte) {
	root := r.Parse(src)
	if root == nil || yaml12.IsNull(root) {
		return
	}
	if root.Kind != yaml.MappingNode {
		l.errorf(codeMapping, r.Span(root), "a parameters file holds `name: value` lines, but this is a %s", yaml12.KindName(root))
		return
	}
	for _, p := range r.Pairs(root) {
		if text := r.JSON(p.Value); text != nil {
			l.fromFile(p.Name, r.Span(p.Key), text)
		}
	}
}

func (l *loader) fromFile(name string, span diag.Span, text json.RawMessage) {
	l.stray(name, span, false)
	l.value(name, span, text, filepath.Dir(File(l.File, l.Env)))
}

// value sets a parameter from JSON. dir is the folder from which a file's path is relative.
func (l *loader) value(name string, span diag.Span, text json.RawMessage, dir string) {
	if name == "" {
		l.errorf(codeForm, span, "a parameter needs a name; write one before the colon")
		return
	}
	v, err := engine.NewJSON(text) // so that one value has one text, however the file wrote it
	if err != nil {
		l.errorf(codeValue, span, "parameter %q: %v", name, err)
		return
	}
	if p := ir.Declared(l.Declared, name); p != nil {
		l.accept(p, v, dir, span)
		return
	}
	l.names = append(l.names, name)
	l.put(name, v, span)
}

// env takes RUNNABLE_PRM_<name>, in the order of the names.
func (l *loader) env(env []string) {
	values := map[string]string{}
	var given []string
	for _, kv := range env {
		variable, value, ok := strings.Cut(kv, "=")
		name, has := strings.CutPrefix(variable, Prefix)
		if !ok || !has {
			continue
		}
		if _, again := values[name]; !again {
			given = append(given, name)
		}
		values[name] = value
	}
	slices.Sort(given)
	by := map[string]string{} // parameter -> variable
	for _, n := range given {
		span := diag.Span{File: Prefix + n}
		name, ok := l.resolve(n, span)
		if !ok {
			continue
		}
		if other, twice := by[name]; twice {
			// The exact name counts over one that only matches without regard to case.
			if other == Prefix+name {
				continue
			}
			if n != name {
				l.errorf(codeAmbiguous, span, "this and %s both set the parameter %q; unset one", other, name)
				continue
			}
		}
		by[name] = Prefix + n
		l.stray(name, span, false)
		l.take(name, values[n], span)
	}
}

// set takes the name=value of the command line; the last of one name counts.
func (l *loader) set(set []string) {
	for _, kv := range set {
		given, value, ok := strings.Cut(kv, "=")
		if !ok {
			l.errorf(codeForm, diag.Span{File: "--param " + kv}, "it has no =; write --param %s=VALUE", kv)
			continue
		}
		span := diag.Span{File: "--param " + given}
		if name, ok := l.resolve(given, span); ok {
			l.stray(name, span, true)
			l.take(name, value, span)
		}
	}
}

// resolve tells which parameter a name from outside means: the exact one; else the declared one or the one of the file that matches
// without regard to case; else its lower-case form.
func (l *loader) resolve(given string, span diag.Span) (string, bool) {
	if given == "" || !utf8.ValidString(given) {
		l.errorf(codeForm, span, "a parameter's name must be text of at least one character")
		return "", false
	}
	if slices.Contains(l.names, given) {
		return given, true
	}
	var match []string
	for _, n := range l.names {
		if strings.EqualFold(n, given) {
			match = append(match, n)
		}
	}
	switch len(match) {
	case 0:
		return strings.ToLower(given), true
	case 1:
		return match[0], true
	}
	l.errorf(codeAmbiguous, span, "it could mean %s of the %s; write the name exactly as it is there", orList(match), l.where())
	return "", false
}

func orList(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = `"` + n + `"`
	}
	return strings.Join(quoted, " or ")
}

// take sets a parameter from text: as its declaration says; else JSON where it parses, else the string.
func (l *loader) take(name, text string, span diag.Span) {
	if !utf8.ValidString(text) {
		l.errorf(codeValue, span, "the value is not UTF-8; give it in a parameters file, or encode it")
		return
	}
	if p := ir.Declared(l.Declared, name); p != nil {
		l.fromText(p, text, span)
		return
	}
	if holdsNoNumber(text) {
		l.errorf(codeValue, span, "JSON has no NaN and no Infinity; leave it out, or write it in double quotes to make it a string")
		return
	}
	if v, err := engine.NewJSON([]byte(text)); err == nil {
		r := &yaml12.Reader{File: span.File, Codes: codes()}
		r.Check([]byte(text))
		l.diags = append(l.diags, r.Diags...)
		l.put(name, v, span)
		return
	}
	l.put(name, engine.String(text), span)
}

// holdsNoNumber reports whether a text would be JSON but for the NaN and Infinity that Python writes.
func holdsNoNumber(text string) bool {
	if !strings.Contains(text, "NaN") && !strings.Contains(text, "Infinity") {
		return false
	}
	var b strings.Builder
	inString := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		if inString && c == '\\' && i+1 < len(text) {
			b.WriteByte(c)
			i++
			b.WriteByte(text[i])
			continue
		}
		if c == '"' {
			inString = !inString
		}
		if !inString {
			if n := noNumber(text[i:]); n > 0 {
				b.WriteString("null")
				i += n - 1
				continue
			}
		}
		b.WriteByte(c)
	}
	return !json.Valid([]byte(text)) && json.Valid([]byte(b.String()))
}

func noNumber(text string) int {
	for _, w := range []string{"NaN", "Infinity", "-Infinity"} {
		if strings.HasPrefix(text, w) {
			return len(w)
		}
	}
	return 0
}

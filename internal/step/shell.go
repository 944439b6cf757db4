package step

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

//go:embed shell.sh
var shellPrelude string

// shellTask runs a script (SEMANTICS 3). The script is a file that a small prelude of ours reads in: so it may be of
// any size, and the line numbers in the shell's messages are those of the script; $0 is the step's path. One that names
// its interpreter is read by that, see interpreted.
type shellTask struct{ *ir.Shell }

func (t shellTask) run(ctx context.Context, a *attempt) outcome {
	for _, r := range a.task.Returns {
		if r.Kind == ir.Object {
			return failed(fail(engine.KindData, "return %q is of kind object, which a script cannot return", r.Name))
		}
	}
	params, release, err := a.rt.params.take(a)
	if err != nil {
		return failed(fail(engine.KindData, "parameters: %v", err))
	}
	defer release()
	vars := filepath.Join(a.tmp, "var-")
	returns, err := returnsIn(a.tmp)
	if err != nil {
		return failed(fail(engine.KindError, "cannot prepare the script: %v", err))
	}
	c, f := t.command(a, vars)
	if f != nil {
		return failed(f)
	}
	if c.env, f = a.shellEnvironment(map[string]string{"RUNNABLE_PARAMS": params, "RUNNABLE_RETURNS": returns}); f != nil {
		return failed(f)
	}
	if a.Stdin != nil {
		c.stdin = filepath.Join(a.tmp, "stdin")
		if err := os.WriteFile(c.stdin, a.Stdin, 0o600); err != nil {
			return failed(fail(engine.KindError, "cannot prepare what the script reads: %v", err))
		}
	}
	e, f := a.runProcess(ctx, c)
	if f != nil {
		return failed(f)
	}
	o := outcome{inputs: a.shellInputs(t.Script)}
	if o.failure = e.failure("the script", a.task.Timeout, a.out.lastLine()); o.failure != nil {
		return o
	}
	o.returns, o.failure = a.shellReturns(returns, vars, t.way())
	return o
}

// command is what runs the script: the interpreter that its first line names, else the shell.
func (t shellTask) command(a *attempt, vars string) (command, *failure) {
	if i, ok := t.Interpreter(); ok {
		return a.interpreted(i, t.Body(), vars)
	}
	if err := writeScript(a.tmp, a.enter()+t.Script); err != nil {
		return command{}, fail(engine.KindError, "cannot prepare the script: %v", err)
	}
	text := ". ./" + scriptName + "\n"
	if names := returnedVariables(a.task.Returns); len(names) > 0 {
		text = prelude(vars, names) + text
	}
	return command{argv: []string{a.rt.shell, "-c", text, a.Path}, dir: a.tmp}, nil
}

// way says how the script can return a value.
func (t shellTask) way() string {
	if i, ok := t.Interpreter(); ok && !i.Shell() {
		return "write it to $RUNNABLE_RETURNS/NAME; only a shell can return it as a variable"
	}
	return "export it or write it to $RUNNABLE_RETURNS/NAME"
}

// enter goes to the working folder. It begins the script's first line, so that line numbers stay.
func (a *attempt) enter() string {
	return "cd " + shellQuote(a.Dir) + " || exit 126; unset OLDPWD; "
}

// runProcess starts a program whose output is the log, and waits for its end.
func (a *attempt) runProcess(ctx context.Context, c command) (ending, *failure) {
	out, err := a.rt.newOutput(a.out)
	if err != nil {
		return ending{}, fail(engine.KindError, "cannot make a pipe: %v", err)
	}
	defer a.out.flush()
	defer out.close()
	c.log = out.task
	child, err := c.start()
	_ = out.task.Close()
	if err != nil {
		return ending{}, fail(engine.KindError, "cannot start %s: %v", c.argv[0], err)
	}
	return a.rt.supervise(ctx, child, out, a.task.Timeout, a.leash), nil
}

// returnedVariables are the returns that a script may export.
func returnedVariables(returns []ir.Return) []string {
	var names []string
	for _, r := range returns {
		if identifier(r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// prelude are our functions, which come before a script that returns variables. vars is the beginning of the names of the
// files in which they are kept.
func prelude(vars string, names []string) string {
	return strings.NewReplacer("@NAMES@", strings.Join(names, " "), "@VARS@", shellQuote(vars)).Replace(shellPrelude)
}

func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// tooLong says without reading it that a value kept as a blob is not exported: its text is at least two thirds of
// its JSON form unless nearly all of it is escapes.
func tooLong(v engine.Value) bool { return v.Blob != nil && v.Blob.Size > 6*exportLimit+2 }

// text is the JSON text of a value.
func (a *attempt) text(v engine.Value) ([]byte, error) {
	if v.JSON != nil {
		return v.JSON, nil
	}
	if a.Blobs == nil {
		return nil, errors.New("its value is in the store, and there is none")
	}
	return v.Text(a.Blobs)
}

// shellEnvironment puts the layers together: the user's environment, parameters, secrets, what is ours.
func (a *attempt) shellEnvironment(ours map[string]string) ([]string, *failure) {
	exported, f := a.variables()
	if f != nil {
		return nil, f
	}
	declared := map[string]bool{}
	hidden := slices.Collect(maps.Keys(a.view.vars)) // parameters that something else hides
	for _, s := range a.task.Secrets {
		declared[s.Name] = true
		hidden = append(hidden, s.Name)
	}
	for _, v := range a.Env {
		declared[v.Name] = true
	}
	gone := map[string]bool{}          // of the base
	for _, r := range a.task.Returns { // a variable that merely stood in the environment was not set by the script
		if !declared[r.Name] && exportable(r.Name) {
			gone[r.Name] = true
		}
	}
	for name := range a.view.vars { // an item that no variable can hold
		gone[name] = gone[name] || !declared[name] && exportable(name)
	}
	own := maps.Clone(a.environ.own)
	maps.Copy(own, ours)
	if _, set := a.environ.base[unbuffered]; (!set || gone[unbuffered]) && !exported.holds(unbuffered) {
		own[unbuffered] = "1"
	}
	env := make([]string, 0, len(a.environ.sorted)+len(own))
	for _, kv := range a.environ.sorted {
		name, _, _ := strings.Cut(kv, "=")
		_, hides := own[name]
		if gone[name] || hides || (exported.holds(name) || exported.hides(name) && !declared[name]) && !slices.Contains(hidden, name) {
			continue
		}
		env = append(env, kv)
	}
	env = append(env, byName(own)...)
	return append(a.fitting(exported.without(slices.AppendSeq(hidden, maps.Keys(own)))), env...), nil
}

// unbuffered has a Python program print its lines when they are printed, so that they reach the log then.
const unbuffered = "PYTHONUNBUFFERED"

// fitting returns the variables that the environment holds: all, or of too many the small ones first; which ones,
// values alone decide.
func (a *attempt) fitting(texts []string) []string {
	total := 0
	for _, t := range texts {
		total += len(t) + 1
	}
	if total <= exportTotal {
		return texts
	}
	slices.SortStableFunc(texts, func(x, y string) int {
		return len(x) - strings.IndexByte(x, '=') - len(y) + strings.IndexByte(y, '=')
	})
	kept, size := 0, 0
	for kept < len(texts) && size+len(texts[kept])+1 <= exportTotal {
		size += len(texts[kept]) + 1
		kept++
	}
	a.out.note("%d large parameters are not in the environment, which would not hold them all; they are files in $RUNNABLE_PARAMS", len(texts)-kept)
	return texts[:kept]
}

// Limits of the inputs that a script's record lists though the script does not name them.
const (
	listedInputs = 64      // parameters
	listedBytes  = 4 << 10 // of their text
)

// shellInputs is what a script was given: all it could see where that is little, else what its text names.
func (a *attempt) shellInputs(script string) []engine.Named {
	if a.view.atMost(listedInputs) {
		all, size := a.view.all(), 0
		for _, p := range all {
			size += len(p.Value.JSON)
		}
		if size <= listedBytes {
			return all
		}
	}
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(script, func(r rune) bool {
		return !(r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}) {
		words[w] = true
	}
	return a.view.some(words)
}

// shellReturns reads back the names in `returns`, and nothing else: a file counts before a variable.
func (a *attempt) shellReturns(files, vars, hint string) ([]engine.Named, *failure) {
	var out []engine.Named
	var missing, hints []string
	for _, r := range a.task.Returns {
		text, set, why, err := readReturn(files, vars, r.Name)
		if err != nil {
			return nil, fail(engine.KindData, "return %q: %v", r.Name, err)
		}
		if !set {
			missing = append(missing, `"`+r.Name+`"`)
			if why != "" {
				hints = append(hints, why)
			}
			continue
		}
		if !utf8.ValidString(text) {
			return nil, fail(engine.KindData, "return %q is not UTF-8 text", r.Name)
		}
		v := engine.String(text)
		if r.Kind != ir.Text {
			v = engine.ParseText(text)
		}
		v.Kind = kindOrEmpty(r.Kind)
		out = append(out, engine.Named{Name: r.Name, Value: v})
	}
	if len(missing) > 0 {
		if len(hints) > 0 {
			hint = strings.Join(hints, ", ")
		}
		return nil, fail(engine.KindData, "the script did not set %s, which it returns; %s", strings.Join(missing, ", "), hint)
	}
	return out, nil
}

// kindOrEmpty writes json as the empty kind, so that equal values are equal however they came about.
func kindOrEmpty(k ir.ValueKind) ir.ValueKind {
	if k == ir.JSON {
		return ""
	}
	return k
}

// readReturn reads one name: from the file that the script wrote, else from what the prelude kept of the variable.
func readReturn(files, vars, name string) (text string, set bool, hint string, err error) {
	if file, ok := fileName(name); ok {
		data, err := os.ReadFile(filepath.Join(files, file))
		if err == nil {
			// echo ends what it writes with a newline; that one is not part of the value.
			return string(bytes.TrimSuffix(data, []byte("\n"))), true, "", nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", false, "", err
		}
	}
	data, err := os.ReadFile(vars + name)
	if !identifier(name) || errors.Is(err, fs.ErrNotExist) {
		return "", false, "", nil
	}
	if err != nil {
		return "", false, "", err
	}
	switch {
	case len(data) > 0 && data[0] == '=':
		return string(data[1:]), true, "", nil
	case len(data) > 0 && data[0] == '?':
		return "", false, `"` + name + `" is set but not exported`, nil
	}
	return "", false, "", nil
}

// fileName is the name of the file that holds a parameter or return: the name itself, with a slash written %2F.
func fileName(name string) (string, bool) {
	if name == "" || strings.ContainsRune(name, 0) || len(name) > 250 {
		return "", false
	}
	if name == "." || name == ".." {
		return strings.ReplaceAll(name, ".", "%2E"), true
	}
	return strings.ReplaceAll(name, "/", "%2F"), true
}

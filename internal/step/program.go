package step

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/execpath"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/plugin"
)

// programTask has a program run the command: the user's own for Go functions, that of a plugin for a kind that is not
// built in. Package plugin says what goes in and out. The program is the runtime's own for the kind, else
// runnable-render-task-KIND on the step's PATH, so that an image brings its programs by their names alone.
type programTask struct {
	kind, command, config string
}

func goTask(c *ir.GoFunc) programTask     { return programTask{kind: "go", command: c.Function} }
func pluginTask(c *ir.Plugin) programTask { return programTask{c.Kind, c.Body, c.Config} }

// what names the task in messages.
func (t programTask) what() string {
	if t.kind == "go" {
		return "the Go function " + t.command
	}
	return "the " + t.kind + " command"
}

func (t programTask) run(ctx context.Context, a *attempt) outcome {
	program, f := t.program(a)
	if f != nil {
		return failed(f)
	}
	request := t.request(a)
	answer, f := t.ask(ctx, a, program, request)
	if f == nil && len(answer.Need) > 0 {
		if request.Files, f = a.largeFiles(answer.Need, request.Large); f == nil {
			answer, f = t.ask(ctx, a, program, request)
		}
	}
	switch {
	case f != nil:
		return failed(f)
	case len(answer.Need) > 0:
		return failed(fail(engine.KindError, "%s asks for parameters that it was given: %q", t.what(), answer.Need))
	}
	o := outcome{inputs: a.programInputs(answer.Used)}
	if answer.Failure != nil {
		kind := engine.KindError
		if answer.Failure.Kind == string(engine.KindData) {
			kind = engine.KindData
		}
		o.failure = fail(kind, "%s", answer.Failure.Message)
		return o
	}
	o.returns, o.failure = t.returns(a, answer)
	return o
}

// program finds what runs the command.
func (t programTask) program(a *attempt) (string, *failure) {
	if p := a.rt.opts.Programs[t.kind]; p != "" {
		return p, nil
	}
	if !plugin.ValidName(t.kind) {
		return "", fail(engine.KindError, "no program can run commands of the type %q", t.kind)
	}
	name := plugin.ProgramName(plugin.RoleTask, t.kind)
	program, err := execpath.Look(name, a.Dir, a.environ.base)
	if err == nil {
		return program, nil
	}
	if t.kind == "go" {
		return "", fail(engine.KindError, "the program of the Go function %s is not here: want an executable %s on the step's PATH, built of the package that defines the pipeline", t.command, name)
	}
	return "", fail(engine.KindError, "no program here runs commands of the type %q: want an executable %s on the step's PATH", t.kind, name)
}

// goProgram is the program of Go functions, whose content stands for their source in the cache.
func (a *attempt) goProgram() (string, error) {
	var f *failure
	if a.environ, f = a.environment(nil); f != nil {
		return "", errors.New(f.Message)
	}
	program, f := programTask{kind: "go"}.program(a)
	if f != nil {
		return "", errors.New(f.Message)
	}
	return program, nil
}

// request fills in what the program needs; what is large goes when it is asked for.
func (t programTask) request(a *attempt) *plugin.TaskRequest {
	r := &plugin.TaskRequest{
		Version: plugin.Version, Kind: t.kind, Command: t.command, Run: a.Run, Step: a.Path, Attempt: max(a.Attempt, 1),
		Params: map[string]json.RawMessage{},
	}
	if t.config != "" {
		r.Config = json.RawMessage(t.config)
	}
	for _, p := range a.view.all() {
		switch {
		case p.Value.IsObject():
			r.Objects = append(r.Objects, p.Name)
		case p.Value.JSON != nil:
			r.Params[p.Name] = json.RawMessage(p.Value.JSON)
		case p.Value.IsZero():
			r.Params[p.Name] = json.RawMessage("null")
		default:
			r.Large = append(r.Large, p.Name)
		}
	}
	for _, in := range a.task.Inputs {
		one := plugin.TaskInput{Arg: in.Arg, From: in.From, List: in.List || len(in.From) > 1}
		if len(in.From) == 0 && !in.List {
			one.Value = json.RawMessage(in.Value)
		}
		r.Inputs = append(r.Inputs, one)
	}
	for _, ret := range a.task.Returns {
		r.Returns = append(r.Returns, plugin.TaskReturn{Name: ret.Name, Kind: string(orJSON(ret.Kind)), Key: ret.Key})
	}
	return r
}

// largeFiles writes the parameters that the program asked for.
func (a *attempt) largeFiles(need, large []string) (map[string]string, *failure) {
	files := map[string]string{}
	for i, name := range need {
		if !slices.Contains(large, name) {
			return nil, fail(engine.KindData, "the program asks for %q, which is not among the large parameters", name)
		}
		v, _ := a.view.param(engine.ParamKey(name))
		text, err := a.jsonOf(v)
		if err == nil {
			files[name] = filepath.Join(a.tmp, "large-"+strconv.Itoa(i)+".json")
			err = os.WriteFile(files[name], text, 0o600)
		}
		if err != nil {
			return nil, fail(engine.KindData, "parameter %q: %v", name, err)
		}
	}
	return files, nil
}

// jsonOf is the JSON text of a value, of a map's list of values too.
func (a *attempt) jsonOf(v engine.Value) ([]byte, error) {
	switch {
	case v.Items == nil && v.IsZero(): // an item that did not return it
		return []byte("null"), nil
	case v.Items == nil:
		return a.text(v)
	}
	list := []byte{'['}
	for i, item := range v.Items {
		text, err := a.jsonOf(item)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, text...)
	}
	return append(list, ']'), nil
}

// plainStrings writes the strings of JSON text in the one way in which values are kept: programs differ in what they
// escape, and equal values must be equal.
func plainStrings(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if text[i] != '"' {
			out = append(out, text[i])
			i++
			continue
		}
		end := i + 1
		for end < len(text) && text[end] != '"' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end+1, len(text))
		var s string
		if bytes.IndexByte(text[i:end], '\\') < 0 || json.Unmarshal(text[i:end], &s) != nil {
			out = append(out, text[i:end]...)
		} else {
			out = append(out, engine.String(s).JSON...)
		}
		i = end
	}
	return out
}

// ask calls the program once.
func (t programTask) ask(ctx context.Context, a *attempt, program string, r *plugin.TaskRequest) (*plugin.TaskAnswer, *failure) {
	request, answer := filepath.Join(a.tmp, "request.json"), filepath.Join(a.tmp, "answer.json")
	data, err := json.Marshal(r)
	if err == nil {
		err = os.WriteFile(request, data, 0o600)
	}
	if err == nil {
		if err = os.Remove(answer); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if err != nil {
		return nil, fail(engine.KindError, "cannot prepare %s: %v", t.what(), err)
	}
	e, f := a.runProcess(ctx, command{argv: []string{program, plugin.VerbTask, request, answer}, env: a.environ.list(), dir: a.Dir})
	if f != nil {
		return nil, f
	}
	ended := e.failure(t.what(), a.task.Timeout, a.out.lastLine())
	if ended != nil && e.code == 0 || e.timeout || e.canceled {
		return nil, ended
	}
	out := &plugin.TaskAnswer{}
	data, err = os.ReadFile(answer)
	switch {
	case errors.Is(err, fs.ErrNotExist) && ended == nil && t.kind == "go":
		return nil, fail(engine.KindError, "%s ended the process before it returned (os.Exit?)", t.what())
	case errors.Is(err, fs.ErrNotExist):
		return out, ended
	case err == nil:
		err = plugin.Decode(data, out)
	}
	if err != nil && ended == nil {
		return nil, fail(engine.KindError, "the answer of %s cannot be used: %v", t.what(), err)
	}
	if ended != nil && out.Failure != nil && out.Failure.Message != "" { // the program says better why than its exit code
		ended.Message = out.Failure.Message
	}
	return out, ended
}

// returns takes the names that the step declares, and nothing else.
func (t programTask) returns(a *attempt, m *plugin.TaskAnswer) ([]engine.Named, *failure) {
	var out []engine.Named
	for _, r := range a.task.Returns {
		text, ok := m.Returns[r.Name]
		if !ok {
			return nil, fail(engine.KindData, "%s did not return %q", t.what(), r.Name)
		}
		v, err := engine.NewJSON(plainStrings(text))
		if err != nil {
			return nil, fail(engine.KindData, "return %q is not JSON: %v", r.Name, err)
		}
		switch r.Kind {
		case ir.Object:
			return nil, fail(engine.KindData, "return %q is of kind object, which only Python returns", r.Name)
		case ir.Text:
			if len(v.JSON) == 0 || v.JSON[0] != '"' {
				return nil, fail(engine.KindData, "return %q is of kind text, and %s returned no string", r.Name, t.what())
			}
		case ir.JSON, ir.Metric, "":
		}
		v.Kind = kindOrEmpty(r.Kind)
		out = append(out, engine.Named{Name: r.Name, Value: v})
	}
	return out, nil
}

// programInputs are the parameters that the program says it went by, else all, unless there are many.
func (a *attempt) programInputs(used []string) []engine.Named {
	if used == nil {
		if a.view.atMost(64) {
			return a.view.all()
		}
		return nil
	}
	names := map[string]bool{}
	for _, n := range used {
		names[n] = true
	}
	return a.view.some(names)
}

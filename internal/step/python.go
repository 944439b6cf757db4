package step

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/python"
)

// pythonTask calls a function in the user's Python (SEMANTICS 3). Package python holds the other side; worker.py
// there says what goes over the socket.
type pythonTask struct{ *ir.Python }

// pyRequest is what a worker is asked to do.
type pyRequest struct {
	Function  string            `json:"function"`
	Spread    []string          `json:"spread,omitempty"` // call with these parameters by place, in this order
	Params    map[string]string `json:"params"`           // JSON texts: Python's numbers do not keep their literals
	Forms     map[string]string `json:"forms"`
	Lazy      map[string]string `json:"lazy"` // pickled or large: sent when it is asked for
	Inputs    []map[string]any  `json:"inputs"`
	Returns   []pyReturn        `json:"returns"`
	StreamEnd string            `json:"stream_end"`
	Out       string            `json:"out"`
	Env       map[string]string `json:"env"`
	Notebook  *pyNotebook       `json:"notebook,omitempty"` // in place of Function
	Flow      map[string]any    `json:"flow,omitempty"`     // what a step of a flow has to know
	limit     time.Duration     // 0: the task's time limit
	label     string            // what messages call it
	bound     []string          // what the function was called with, as the worker says
}

type pyReturn struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	Key  string `json:"key"`
}

// pyMessage is what a worker sends.
type pyMessage struct {
	Need    []string   `json:"need"`
	Fetch   *pyObject  `json:"fetch"`
	Objects []pyObject `json:"objects"`
	Source  string     `json:"source"` // stands for the source of a flow's step
	Bound   []string   `json:"bound"`
	Returns []struct {
		Name string  `json:"name"`
		Kind string  `json:"kind"`
		JSON *string `json:"json"`
		Form string  `json:"form"`
		File string  `json:"file"`
	} `json:"returns"`
	Python  string            `json:"python"`
	Code    map[string]string `json:"code"`
	Modules []string          `json:"modules"` // files of the user's that were imported
	Failure *struct {
		Kind     string `json:"kind"`
		Message  string `json:"message"`
		ExitCode int    `json:"exit_code"`
	} `json:"failure"`
}

func (t pythonTask) run(ctx context.Context, a *attempt) outcome {
	req := a.taskRequest(t.Function)
	req.StreamEnd = t.StreamEnd
	answer, f := a.callPython(ctx, req)
	o := outcome{failure: f, code: a.pythonCode(), inputs: a.used(req.bound)}
	if f != nil {
		return o
	}
	o.modules = answer.Modules
	o.returns, o.failure = a.pyReturns(answer)
	return o
}

// used are the parameters that a call was given, as far as it came.
func (a *attempt) used(bound []string) []engine.Named {
	names := map[string]bool{}
	for _, n := range bound {
		names[n] = true
	}
	return a.view.some(names)
}

// taskRequest is a request with what the definition says of the task's inputs and returns.
func (a *attempt) taskRequest(function string) *pyRequest {
	req := a.pyRequest(function)
	for _, in := range a.task.Inputs {
		one := map[string]any{"arg": in.Arg}
		if len(in.From) == 0 {
			one["value"] = in.Value
		} else {
			one["from"], one["list"] = in.From, in.List || len(in.From) > 1
		}
		req.Inputs = append(req.Inputs, one)
	}
	for _, r := range a.task.Returns {
		req.Returns = append(req.Returns, pyReturn{r.Name, string(orJSON(r.Kind)), r.Key})
	}
	return req
}

func orJSON(k ir.ValueKind) ir.ValueKind {
	if k == "" {
		return ir.JSON
	}
	return k
}

// pyRequest fills in what every call needs.
func (a *attempt) pyRequest(function string) *pyRequest {
	req := &pyRequest{
		Function: function, label: function, Params: map[string]string{}, Forms: map[string]string{}, Lazy: map[string]string{}, Inputs: []map[string]any{},
		Returns: []pyReturn{}, Out: a.tmp, Env: a.environ.own,
	}
	for _, p := range a.view.all() {
		switch {
		case p.Value.JSON != nil && !p.Value.IsObject():
			req.Params[p.Name] = string(p.Value.JSON)
			if p.Value.Form != "" {
				req.Forms[p.Name] = p.Value.Form
			}
		case p.Value.IsZero():
		default:
			req.Lazy[p.Name] = string(orJSON(p.Value.Kind))
		}
	}
	return req
}

// pyReturns turns an answer into values.
func (a *attempt) pyReturns(m *pyMessage) ([]engine.Named, *failure) {
	var out []engine.Named
	for _, r := range m.Returns {
		var v engine.Value
		var err error
		switch {
		case r.File != "":
			if v, err = a.keepObject(r.File); errors.Is(err, errSecret) {
				return nil, a.returnsSecret(r.Name)
			}
			if err != nil {
				return nil, fail(engine.KindError, "return %q cannot be stored: %v", r.Name, err)
			}
		case r.JSON != nil:
			if v, err = engine.NewJSON([]byte(*r.JSON)); err != nil {
				return nil, fail(engine.KindData, "return %q is not JSON: %v", r.Name, err)
			}
		}
		v.Kind, v.Form = kindOrEmpty(ir.ValueKind(r.Kind)), r.Form
		out = append(out, engine.Named{Name: r.Name, Value: v})
	}
	return out, nil
}

// errSecret says that an object is not stored because it contains a secret.
var errSecret = errors.New("it holds a secret")

func (a *attempt) keepObject(file string) (engine.Value, error) {
	if a.Blobs == nil {
		return engine.Value{}, errors.New("there is no store")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return engine.Value{}, err
	}
	if a.out.mask.InBytes(data) {
		return engine.Value{}, errSecret
	}
	seal, err := a.rt.seal()
	if err != nil {
		return engine.Value{}, err
	}
	b, err := a.Blobs.Put(seal.seal(data))
	return engine.Value{Blob: &b}, err
}

// callPython runs one request in a process of its own: a fork of a warm parent where that is possible, else a fresh
// interpreter.
func (a *attempt) callPython(ctx context.Context, req *pyRequest) (*pyMessage, *failure) {
	interp, f := a.interpreter(ctx)
	if f != nil {
		return nil, f
	}
	m, f := a.converse(ctx, interp, req)
	if a.pythonVersion == "" { // it ended without a word
		a.pythonVersion = versionOf(ctx, interp)
	}
	return m, f
}

// pythonCode is what the code identity of an attempt says of its interpreter.
func (a *attempt) pythonCode() map[string]string {
	if a.pythonVersion == "" {
		return nil
	}
	return map[string]string{"python": a.pythonVersion}
}

// versionOf asks an interpreter for its version.
func versionOf(ctx context.Context, interp string) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, interp, "-c", "import platform; print(platform.python_version())").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// converse runs a process and answers what it asks until it has its answer.
func (a *attempt) converse(ctx context.Context, interp string, req *pyRequest) (*pyMessage, *failure) {
	p, f := a.startPython(interp, req.Function)
	if f != nil {
		return nil, f
	}
	defer func() { _ = p.conn.Close() }() // what it said has been read by then
	talk := newConversation(a, p.conn, req)
	go talk.run()
	e := a.rt.supervise(ctx, p.child, p.out, cmp.Or(req.limit, a.task.Timeout), a.leash)
	p.out.close()
	a.out.flush()
	talk.finish()
	what := req.label
	if talk.answer != nil {
		a.pythonVersion = talk.answer.Python
	}
	if talk.failure != nil {
		return nil, talk.failure
	}
	if e.timeout || e.canceled {
		return nil, e.failure(what, a.task.Timeout, "")
	}
	if m := talk.answer; m != nil {
		if m.Failure != nil {
			return nil, fail(engine.FailureKind(m.Failure.Kind), "%s", m.Failure.Message).code(m.Failure.ExitCode)
		}
		if e.code != 0 && e.lost == "" {
			a.out.note("the interpreter ended with %s after the function had returned", describeEnd(e.status))
		}
		return m, nil
	}
	if f := e.failure(what, a.task.Timeout, a.out.lastLine()); f != nil {
		return nil, f
	}
	return nil, fail(engine.KindError, "the process of %s ended before the function returned (os._exit?)", what)
}

func describeEnd(s status) string {
	if s.signal != 0 {
		return signalName(s.signal)
	}
	return "exit code " + strconv.Itoa(s.code)
}

// pyProcess is a process that waits for a request.
type pyProcess struct {
	*child
	conn *net.UnixConn
	out  *output
}

// startPython starts one: a fork of a warm parent where there can be one, else a fresh interpreter.
func (a *attempt) startPython(interp, function string) (*pyProcess, *failure) {
	dir, err := a.rt.pythonSide()
	if err != nil {
		return nil, fail(engine.KindError, "cannot write the Python side: %v", err)
	}
	if warmable && !a.rt.opts.Cold {
		p, err := a.connected(func(task, log *os.File) (*child, error) {
			return a.rt.pool.fork(a, interp, dir, function, task, log), nil
		})
		if p != nil || err != nil {
			return p, err
		}
	}
	return a.connected(func(task, log *os.File) (*child, error) {
		return command{
			argv: []string{interp, filepath.Join(dir, python.Boot), "task"}, env: append(pythonEnviron(a.environ.list(), dir), a.modulesEnviron()...),
			dir: a.Dir, log: log, files: []*os.File{task},
		}.start()
	})
}

// connected starts a process with a socket and a log of its own: what failed to start may still hold those it was given.
func (a *attempt) connected(start func(task, log *os.File) (*child, error)) (*pyProcess, *failure) {
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, fail(engine.KindError, "cannot make a socket: %v", err)
	}
	defer theirs.Close()
	out, err := a.rt.newOutput(a.out)
	if err != nil {
		_ = ours.Close()
		return nil, fail(engine.KindError, "cannot make a pipe: %v", err)
	}
	c, err := start(theirs, out.task)
	_ = out.task.Close()
	if c != nil {
		return &pyProcess{c, ours, out}, nil
	}
	_ = ours.Close()
	out.close()
	if err != nil {
		return nil, fail(engine.KindError, "cannot start Python: %v", err)
	}
	return nil, nil
}

// layout says where the user's modules and notebooks are, as seen from the folder of the attempt.
func (a *attempt) layout() project.Layout {
	switch l := a.rt.opts.Layout; {
	case l.Work == "":
		return project.Within(a.Dir, "")
	case l.Work != a.Dir:
		return l.Copied(a.Dir)
	default:
		return l
	}
}

// ownFile is the definition's own file where that is Python.
func ownFile(l project.Layout) string {
	if filepath.Ext(l.Definition) != ".py" {
		return ""
	}
	return l.Definition
}

// modulesEnviron names the user's module folders to a process of its own; a fork gets them with its request.
func (a *attempt) modulesEnviron() []string {
	l := a.layout()
	folders, _ := json.Marshal(l.Modules())
	return []string{python.Modules + "=" + string(folders), python.Own + "=" + ownFile(l)}
}

// pythonEnviron puts our side at the end of PYTHONPATH, and variables in order.
func pythonEnviron(env []string, dir string) []string {
	out := make([]string, 0, len(env)+1)
	path := dir
	for _, kv := range env {
		if v, ok := strings.CutPrefix(kv, "PYTHONPATH="); ok {
			if v != "" {
				path = v + string(os.PathListSeparator) + dir
			}
			continue
		}
		out = append(out, kv)
	}
	out = append(out, "PYTHONPATH="+path)
	slices.Sort(out)
	return out
}

// pythonSide returns the folder of the embedded package, written when it is first needed.
func (r *Runtime) pythonSide() (string, error) {
	root, err := r.temp()
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	dir := filepath.Join(root, "python")
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := python.Extract(dir + ".new"); err != nil {
		return "", err
	}
	return dir, os.Rename(dir+".new", dir)
}

// Reduce calls a dotted Python function as f(*values) (SEMANTICS 2.9). The job gives the working folder, the
// environment and the store.
func (r *Runtime) Reduce(ctx context.Context, job Job, function string, values []engine.Value) (engine.Value, error) {
	out := newSink(job.Log)
	defer out.close()
	job.Params = nil
	for i, v := range values {
		job.Params = append(job.Params, engine.Named{Name: strconv.Itoa(i), Value: v})
	}
	a := &attempt{Job: job, rt: r, task: &ir.Task{}, out: out, view: viewOf(job), leash: newLeash()}
	var result engine.Value
	o := a.prepared(ctx, func(ctx context.Context, a *attempt) outcome {
		req := a.pyRequest(function)
		req.Spread = []string{}
		for _, p := range job.Params {
			req.Spread = append(req.Spread, p.Name)
		}
		req.Returns = []pyReturn{{Name: "the result", Kind: string(ir.JSON)}}
		answer, f := a.callPython(ctx, req)
		if f != nil {
			return failed(f)
		}
		returns, f := a.pyReturns(answer)
		if f == nil {
			result = returns[0].Value
		}
		return outcome{failure: f}
	})
	if o.failure != nil {
		if ctx.Err() != nil {
			return engine.Value{}, ctx.Err()
		}
		return engine.Value{}, errors.New(out.mask.Text(o.failure.Message))
	}
	return result, nil
}

// Package pydef reads Python definitions: it runs the user's file in the user's interpreter, with the embedded package
// runnable in place of Runnable, and reads what that package records (package python, runnable/_define.py).
//
// It is not pure: it starts a process. Nothing is written beside the definition.
package pydef

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
	"github.com/runnable-render/runnable-render/python"
)

// TimeLimit is how long a definition may take to be read.
const TimeLimit = 2 * time.Minute

// maxAnswer bounds what the Python side may send, in bytes.
const maxAnswer = 256 << 20

// Options say how a definition is read. The zero value chooses the interpreter as a step's is chosen.
type Options struct {
	Python string         // the interpreter: a path, or a name on PATH
	Layout project.Layout // where modules are; the zero Layout: as seen from the current folder
	Kind   string         // of definition: empty, or [python.Flow]
}

// Result is what a definition says.
type Result struct {
	Pipeline *ir.Pipeline // nil where there are errors
	Diags    diag.List
	Settings Settings
}

// Settings are the arguments of the definition's execute(); empty: not given. Files are as they were written there.
type Settings struct {
	ParametersFile    string `json:"parameters_file"`
	ConfigurationFile string `json:"configuration_file"`
	RunID             string `json:"run_id"`
	Tag               string `json:"tag"`
	Job               bool   `json:"job"` // it is a job of Runnable's
	// Environ are the variables that the definition set before it called execute(), by name.
	Environ map[string]string `json:"-"`
	// Path are the folders from which the definition imports besides those that all do, or those of the program that
	// handed the pipeline over; PathSpan is where it adds them. Session is the text of the program's functions where it is an
	// interactive session.
	Path     project.Path `json:"-"`
	PathSpan diag.Span    `json:"-"`
	Session  string       `json:"-"`
}

// Read reads the definition in a file. Diagnostics name it as the caller does.
func Read(ctx context.Context, file string, o Options) Result {
	problem := func(format string, args ...any) Result {
		return Result{Diags: diag.List{diag.Errorf("RR0509", diag.Span{File: file}, format, args...)}}
	}
	path, err := filepath.Abs(filepath.FromSlash(file))
	if err != nil {
		return problem("the definition cannot be read: %v", err)
	}
	if o.Layout.Definition == "" {
		here, _ := os.Getwd()
		o.Layout = project.Find(path, here)
	}
	interpreter, err := interpreter(ctx, o.Python, o.Layout.Folder())
	if err != nil {
		return problem("%v", err)
	}
	side, release, err := pythonSide()
	if err != nil {
		return problem("the Python side cannot be written: %v", err)
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, TimeLimit)
	defer cancel()
	asked := question{interpreter: interpreter, side: side, layout: o.Layout, shown: file, kind: o.Kind}
	a, err := asked.ask(ctx, firstSeed)
	if err != nil {
		return problem("%v", err)
	}
	for _, seed := range otherSeeds() {
		if a.Sets == nil {
			break
		}
		if again, err := asked.ask(ctx, seed); err != nil || again.Document != a.Document {
			a.Warnings, a.Sets = append(a.Warnings, *a.Sets), nil
		}
	}
	return a.result(file, o.Layout)
}

// Handed takes a pipeline that a program hands over, which is the definition in a file or made by one (runnable/_tool.py).
func Handed(file string, text []byte, l project.Layout) Result {
	var a answer
	if err := json.Unmarshal(text, &a); err != nil || a.Document == "" {
		return Result{Diags: diag.List{diag.Errorf("RR0509", diag.Span{File: file}, "what was handed over is no pipeline; --handed is for execute() of the package runnable")}}
	}
	return a.result(file, l)
}

// answer is what the Python side sends.
type answer struct {
	Document string            `json:"document"`
	Options  Settings          `json:"options"`
	Warnings []message         `json:"warnings"`
	Errors   []message         `json:"errors"`
	Environ  map[string]string `json:"environ"`
	Path     struct {
		project.Path
		At place `json:"at"`
	} `json:"path"`
	Session string   `json:"session"`
	Sets    *message `json:"sets"` // what to say where the definition goes by the order of a set; nil: it has none
}

// message is a diagnostic of the Python side.
type message struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	place
	Notes []struct {
		Message string `json:"message"`
		place
	} `json:"notes"`
}

type place struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Col     int    `json:"col"`
	EndLine int    `json:"end_line"`
	EndCol  int    `json:"end_col"`
}

func (p place) span() diag.Span {
	return diag.Span{File: p.File, Line: p.Line, Col: p.Col, EndLine: p.EndLine, EndCol: p.EndCol}
}

func (m message) diagnostic(s diag.Severity) diag.Diagnostic {
	d := diag.Diagnostic{Code: m.Code, Severity: s, Span: m.span(), Message: m.Message}
	for _, n := range m.Notes {
		d = d.With(n.span(), "%s", n.Message)
	}
	return d
}

func (a *answer) result(file string, l project.Layout) Result {
	r := Result{Settings: a.Options}
	if len(a.Environ) > 0 {
		r.Settings.Environ = a.Environ
	}
	r.Settings.Path, r.Settings.PathSpan, r.Settings.Session = a.Path.Path, a.Path.At.span(), a.Session
	for _, m := range a.Errors {
		r.Diags.Add(m.diagnostic(diag.Error))
	}
	for _, m := range a.Warnings {
		r.Diags.Add(m.diagnostic(diag.Warning))
	}
	if r.Diags.HasErrors() {
		return r
	}
	p, err := irjson.Decode([]byte(a.Document))
	if err != nil {
		r.Diags.Add(diag.Errorf("RR0507", diag.Span{File: file}, "the definition cannot be taken: %v", err))
		return r
	}
	r.Pipeline, l.Own = p, a.Path.Path
	inImage, _ := l.InImage()
	p.Modules = ir.Modules(inImage)
	return r
}

// firstSeed seeds Python's hashes, which order its sets, in every reading: a definition that depends on such an order is the
// same each time.
const firstSeed = "0"

// otherSeeds show that a definition depends on the order of a set. One alone would often give a small set the same order.
func otherSeeds() []string { return []string{"1", "2"} }

// question is what a process is started for: to read a definition.
type question struct {
	interpreter, side string
	layout            project.Layout
	shown, kind       string
}

// ask runs the definition and reads the answer, which comes over a pipe of its own: the definition may print.
func (q question) ask(ctx context.Context, seed string) (*answer, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("no pipe: %w", err)
	}
	defer r.Close()
	modules, err := json.Marshal(q.layout.Modules())
	if err != nil {
		return nil, err
	}
	args := []string{filepath.Join(q.side, python.Define), q.layout.Definition, q.shown}
	if q.kind != "" {
		args = append(args, q.kind)
	}
	cmd := exec.CommandContext(ctx, q.interpreter, args...)
	cmd.Dir = q.layout.Work
	here, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("the current folder: %w", err)
	}
	cmd.Env = append(q.layout.Environ(os.Environ(), here), "RUNNABLE_DEFINE_FD=3", python.Modules+"="+string(modules), python.Here+"="+here, "PYTHONIOENCODING=utf-8", "PYTHONHASHSEED="+seed)
	cmd.ExtraFiles = []*os.File{w}
	cmd.WaitDelay = time.Second // a child of the definition's may hold its output open
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		w.Close()
		return nil, fmt.Errorf("%s cannot be started: %w", q.interpreter, err)
	}
	w.Close()
	// What the definition forked may hold the pipe open when the definition has ended.
	defer context.AfterFunc(ctx, func() { _ = r.SetReadDeadline(time.Now()) })()
	text, readErr := io.ReadAll(io.LimitReader(r, maxAnswer))
	waitErr := cmd.Wait()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, fmt.Errorf("the definition did not end within %s; move work into the functions of its steps", TimeLimit)
	}
	var a answer
	if readErr != nil || json.Unmarshal(text, &a) != nil || a.Document == "" && len(a.Errors) == 0 {
		return nil, fmt.Errorf("%s ended without an answer (%s)%s", q.interpreter, ended(waitErr), lastWords(said.Bytes()))
	}
	return &a, nil
}

// lastWords are the last lines of what a process that died has printed.
func lastWords(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) == 1 && lines[0] == "" {
		return ""
	}
	return ": " + strings.Join(lines[max(0, len(lines)-3):], " | ")
}

// ended says how a process ended.
func ended(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}

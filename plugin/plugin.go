// Package plugin is the boundary to programs that add task kinds, frontends and backends: the versioned JSON that they
// exchange, finding such programs, calling them, and [Serve], which makes a Go program such a program
// (docs/plugins.md).
//
// A program is called with a verb and the names of two files: it reads its request from the first and writes its
// answer to the second. What it prints is its log, so nothing that it prints can spoil the answer.
//
//	PROGRAM runnable-describe ANSWER
//	PROGRAM runnable-task     REQUEST ANSWER
//	PROGRAM runnable-frontend REQUEST ANSWER
//	PROGRAM runnable-backend  REQUEST ANSWER
//	PROGRAM runnable-start    REQUEST ANSWER
//	PROGRAM runnable-probe    REQUEST ANSWER
package plugin

import (
	"encoding/json"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// Version is the version of requests and answers. A program refuses a request of a version that it does not know.
const Version = 1

// RenderVersion is the newest version of requests to render. Programs whose description says nothing of a backend get
// those of version 1.
const RenderVersion = 2

// The verbs that a program is called with.
const (
	VerbDescribe = "runnable-describe"
	VerbTask     = "runnable-task"
	VerbFrontend = "runnable-frontend"
	VerbBackend  = "runnable-backend"
	VerbStart    = "runnable-start"
	VerbProbe    = "runnable-probe"
)

// Description is what a program says of itself.
type Description struct {
	Version     int    `json:"version"`
	Description string `json:"description,omitempty"` // one line, for people

	Backend *BackendDescription `json:"backend,omitempty"` // of a backend that takes requests of version 2
}

// BackendVersion is the version of requests to render that the program is sent.
func (d Description) BackendVersion() int {
	if d.Backend == nil {
		return 1
	}
	return RenderVersion
}

// BackendDescription is what a backend says of itself.
type BackendDescription struct {
	Options []BackendOption   `json:"options,omitempty"`
	Comment string            `json:"comment,omitempty"` // begins a comment of the rendered files; empty: they take none, and are not reviewed
	Next    string            `json:"next,omitempty"`    // the command that starts what was rendered; %s stands for the output
	Limits  map[string]string `json:"limits,omitempty"`  // what becomes of features that it does not express by its own means
	Starts  bool              `json:"starts,omitempty"`  // it answers runnable-start
	Probes  bool              `json:"probes,omitempty"`  // it answers runnable-probe
}

// BackendOption is an option of a backend: a flag, a key of its section of the configuration, or both.
type BackendOption struct {
	Flag string `json:"flag,omitempty"`
	Key  string `json:"key,omitempty"`
	Root string `json:"root,omitempty"` // a key of the configuration that all targets share: image, runner-image, namespace, service-account
	Type string `json:"type,omitempty"` // text, the default, number, switch, list or mapping; the last two have no flag
	Is   string `json:"is,omitempty"`   // image, name, count, or the words it may be, with bars between them
	Help string `json:"help,omitempty"`
}

// TaskRequest is one attempt of a task.
type TaskRequest struct {
	Version int             `json:"version"`
	Kind    string          `json:"kind"`             // the command_type
	Command string          `json:"command"`          // the command
	Config  json.RawMessage `json:"config,omitempty"` // an object of the keys of the definition that the kind takes
	Run     string          `json:"run"`
	Step    string          `json:"step"` // the dotted path
	Attempt int             `json:"attempt"`

	Params  map[string]json.RawMessage `json:"params"`            // what the step sees, but for what is large
	Large   []string                   `json:"large,omitempty"`   // is visible too; answer with Need to get it
	Files   map[string]string          `json:"files,omitempty"`   // what Need asked for: files that hold JSON
	Objects []string                   `json:"objects,omitempty"` // is visible, but a pickled Python object

	Inputs  []TaskInput  `json:"inputs,omitempty"`
	Returns []TaskReturn `json:"returns,omitempty"`
}

// TaskInput binds an argument to other parameters, or to a literal.
type TaskInput struct {
	Arg   string          `json:"arg"`
	From  []string        `json:"from,omitempty"`
	List  bool            `json:"list,omitempty"` // the values of From as a list
	Value json.RawMessage `json:"value,omitempty"`
}

// TaskReturn is a name that the task returns.
type TaskReturn struct {
	Name string `json:"name"`
	Kind string `json:"kind"`          // json, text, metric
	Key  string `json:"key,omitempty"` // of the mapping that the task makes; empty: Name
}

// TaskAnswer is what an attempt came to. A program that ends with an exit code other than 0 has failed, whatever it
// answered; one that ends with 0 and writes no answer has succeeded and returns nothing.
type TaskAnswer struct {
	Version int                        `json:"version"`
	Need    []string                   `json:"need,omitempty"` // large parameters: the program is called again, with them
	Returns map[string]json.RawMessage `json:"returns,omitempty"`
	Used    []string                   `json:"used,omitempty"` // the parameters it went by; none: all
	Failure *TaskFailure               `json:"failure,omitempty"`
}

// TaskFailure says why an attempt failed.
type TaskFailure struct {
	Kind    string `json:"kind,omitempty"` // error, the default, or data: the parameters or returns are wrong
	Message string `json:"message"`
}

// Error implements error, so that a task kind may return a failure of its own kind.
func (f *TaskFailure) Error() string { return f.Message }

// FrontendRequest is a definition to read.
type FrontendRequest struct {
	Version int    `json:"version"`
	File    string `json:"file"` // as the user named it, with slashes
	Text    string `json:"text"` // what it holds
}

// FrontendAnswer is the graph of a definition, or what is wrong with it.
type FrontendAnswer struct {
	Version     int             `json:"version"`
	Pipeline    json.RawMessage `json:"pipeline,omitempty"` // a document of package irjson; best with spans
	Diagnostics []Diagnostic    `json:"diagnostics,omitempty"`
}

// BackendRequest is a checked pipeline to render.
type BackendRequest struct {
	Version    int             `json:"version"`
	Pipeline   json.RawMessage `json:"pipeline"` // a document of package irjson, with spans
	Parameters []Parameter     `json:"parameters,omitempty"`
	Image      string          `json:"image,omitempty"`  // of the steps that name none
	Store      string          `json:"store,omitempty"`  // a bucket's URL, where one is configured
	Source     string          `json:"source,omitempty"` // the name of the definition's file

	// Of version 2.
	Options    json.RawMessage `json:"options,omitempty"`    // an object: those that are set, by their keys, else their flags
	ConfigFile string          `json:"configFile,omitempty"` // for messages
	Release    string          `json:"release,omitempty"`    // of runnable-render
	Folder     bool            `json:"folder,omitempty"`     // the output is a folder
}

// StartRequest is a run to start. The answer is written when the run has ended, whatever it came to: its facts say that.
// SIGTERM stops the run.
type StartRequest struct {
	Version int               `json:"version"`
	Files   map[string]string `json:"files"` // as they were rendered
	Run     string            `json:"run"`
	Retry   bool              `json:"retry,omitempty"`
	Tags    []string          `json:"tags,omitempty"`
	Folder  string            `json:"folder,omitempty"` // the store, where it is a folder; else it is the one that was rendered
	Dir     string            `json:"dir"`              // the folder of the definition
}

// ProbeRequest asks whether a run goes on.
type ProbeRequest struct {
	Version int               `json:"version"`
	Run     string            `json:"run"`
	Code    map[string]string `json:"code,omitempty"` // what the runner noted of the target
}

// ProbeAnswer says whether a run goes on.
type ProbeAnswer struct {
	Version int    `json:"version"`
	State   string `json:"state"`          // going, ended, or empty: the target cannot be asked from here
	Hint    string `json:"hint,omitempty"` // a command by which a person finds out
}

// The states of a run.
const (
	StateGoing = "going"
	StateEnded = "ended"
)

// Done is an answer that says nothing more.
type Done struct {
	Version int `json:"version"`
}

// Parameter is an initial parameter.
type Parameter struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

// BackendAnswer is what a pipeline renders to. A backend that cannot express it answers with an error.
type BackendAnswer struct {
	Version     int               `json:"version"`
	Files       map[string]string `json:"files,omitempty"` // by name; a single one goes to stdout
	Diagnostics []Diagnostic      `json:"diagnostics,omitempty"`
	Notes       []string          `json:"notes,omitempty"` // for people, after the rendering
	Diagram     *Diagram          `json:"diagram,omitempty"`
}

// Diagram is a drawing of what was rendered, for graph --target.
type Diagram struct {
	Nodes []DiagramNode `json:"nodes"`
	Edges []DiagramEdge `json:"edges,omitempty"`
}

// DiagramNode is a box. Its name is unique in its diagram.
type DiagramNode struct {
	Name   string   `json:"name"`
	Kind   string   `json:"kind,omitempty"`   // the word that the target uses, such as job
	Detail string   `json:"detail,omitempty"` // a few words
	Inside *Diagram `json:"inside,omitempty"`
}

// DiagramEdge leads from one node to another of the same diagram.
type DiagramEdge struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Failure bool   `json:"failure,omitempty"` // taken when From fails
}

// Diagnostic is a message about a definition. Lines and columns count from 1, ends are exclusive, 0 is unknown.
type Diagnostic struct {
	Code     string       `json:"code,omitempty"`     // RR and four digits; empty: RR0018
	Severity string       `json:"severity,omitempty"` // error, the default, or warning
	Message  string       `json:"message"`
	File     string       `json:"file,omitempty"`
	Line     int          `json:"line,omitempty"`
	Column   int          `json:"column,omitempty"`
	EndLine  int          `json:"endLine,omitempty"`
	EndCol   int          `json:"endColumn,omitempty"`
	Notes    []Diagnostic `json:"notes,omitempty"` // messages and places alone
}

// CodeAnswer is the code of what a plugin says without a code of its own.
const CodeAnswer = "RR0018"

// List turns messages into diagnostics. A message without a file is about file.
func List(messages []Diagnostic, file string) diag.List {
	var list diag.List
	for _, m := range messages {
		d := diag.Diagnostic{Code: m.Code, Span: m.span(file), Message: m.Message}
		if _, known := diag.Lookup(m.Code); !known {
			d.Code = CodeAnswer
		}
		if m.Severity == diag.Warning.String() {
			d.Severity = diag.Warning
		}
		for _, n := range m.Notes {
			d.Notes = append(d.Notes, diag.Note{Span: n.span(""), Message: n.Message})
		}
		list.Add(d)
	}
	return list
}

func (m Diagnostic) span(file string) diag.Span {
	if m.File != "" {
		file = m.File
	}
	return diag.Span{File: file, Line: m.Line, Col: m.Column, EndLine: m.EndLine, EndCol: m.EndCol}
}

// Messages turns diagnostics into messages.
func Messages(list diag.List) []Diagnostic {
	var out []Diagnostic
	for _, d := range list {
		m := message(d.Message, d.Span)
		m.Code, m.Severity = d.Code, d.Severity.String()
		for _, n := range d.Notes {
			m.Notes = append(m.Notes, message(n.Message, n.Span))
		}
		out = append(out, m)
	}
	return out
}

func message(text string, s diag.Span) Diagnostic {
	return Diagnostic{Message: text, File: s.File, Line: s.Line, Column: s.Col, EndLine: s.EndLine, EndCol: s.EndCol}
}

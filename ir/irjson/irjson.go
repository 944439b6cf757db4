// Package irjson is the versioned JSON form of the intermediate graph: the boundary to frontends and plugins in
// other languages and to the runner in a container.
//
// A document is ASCII text. Each step is on its own line; the graphs of a composite follow it, indented. So a changed
// command changes one line. `{{` never occurs in it: Argo would read it as a tag.
//
//	{"runnable_ir":1,"name":"hello","start_at":"greet","steps":[
//	{"type":"task","name":"greet","next":"both","command_type":"shell","command":"echo hello"},
//	{"type":"parallel","name":"both","next":"success","branches":[
//	 {"name":"left","start_at":"a","steps":[
//	  {"type":"stub","name":"a","next":"success"}
//	 ]}
//	]}
//	]}
//
// The keys are those of a YAML definition, with these differences: steps and branches are lists whose elements have a
// name; a map or loop has its body under branch; backoff times and timeouts are durations ("1m30s") or seconds; default
// is the name of a branch; "style":"needs" marks a graph of needs without any; dag_description is that of the outermost
// graph where it is not the pipeline's own; the declared parameters are a list under parameters. A command_type that is
// not built in belongs to a plugin, whose configuration is under config.
//
// # Places
//
// Every object that describes a pipeline, a graph's branch or a step may have a key spans: a mapping from the keys
// of that object to the places where they were written. A list's element is named "returns.0", that of a catalog
// "catalog.get.0"; "steps" stands for the graph. A place is [line, col] or [line, col, end line, end col], all from
// 1, ends exclusive; where the document's files has more than one entry, the index of the file may come first.
package irjson

import "fmt"

// Version is the version of the documents that [Encode] writes, and the only one that [Decode] reads.
const Version = 1

// MaxDepth is the number of composites within composites that a document may hold.
const MaxDepth = 500

// Error says what is wrong with a document, and where.
type Error struct {
	Line    int    // from 1
	Path    string // of keys and indexes, such as steps[2].retry.limit; empty: the document itself
	Message string
}

// Error implements error.
func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("pipeline JSON, line %d: %s", e.Line, e.Message)
	}
	return fmt.Sprintf("pipeline JSON, line %d: %s: %s", e.Line, e.Path, e.Message)
}

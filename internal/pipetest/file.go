// Package pipetest runs tests of pipelines: cases that say what the steps return and what the pipeline must come to
// (docs/test.md). It drives the engine's own machine over mocked steps, in virtual time, and starts no process.
//
//   - [Parse] reads a test file, [File.Check] holds it against its pipeline.
//   - [File.Run] runs one of its cases and says what differs from its expectations.
//   - [Coverage] counts what of a definition the cases have reached.
package pipetest

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Ending is what the names of test files end with.
const Ending = ".test.yaml"

// File is a test file.
type File struct {
	Name       string
	Pipeline   ir.Ref // the definition, from the folder of the file; empty: the one beside it
	Parameters []Value
	Mocks      []Mock
	Cases      []Case
}

// Case is one case of a test file.
type Case struct {
	Name       string
	Span       diag.Span
	Parameters []Value // over those of the file
	Mocks      []Mock  // before those of the file
	Expect     Expect
}

// Value is a JSON value with a name.
type Value struct {
	Name string
	Span diag.Span
	JSON json.RawMessage
}

// Mock stands in for the steps that a path or pattern names.
type Mock struct {
	Steps pattern
	Answer
	Each []Answer // by the item or iteration that the step runs in
}

// Answer is what a mocked step does in one attempt, or in each of them.
type Answer struct {
	Span     diag.Span
	Returns  []Value
	Files    []Content // that it leaves in its working folder
	Fails    *engine.Failure
	Delay    time.Duration // in virtual time
	Attempts []Answer      // one for each attempt; the last stands for all further ones
}

// Content is a file with what it holds.
type Content struct {
	Path string
	Span diag.Span
	Text string
	Null bool // a mock removes the file; an expectation says nothing of its content
}

// Expect is what a case must come to.
type Expect struct {
	Status     engine.Status
	StatusSpan diag.Span
	Failed     ir.Ref // the failed step; empty: not said
	Failure    ir.Ref // its kind of failure
	Message    ir.Ref // a part of its message
	Path       *[]ir.Ref
	PathSpan   diag.Span
	Ran        []pattern
	Skipped    []pattern
	Order      []ir.Ref
	Handled    []pattern
	Parameters []Value
	Absent     []ir.Ref
	Files      []Content
	Steps      []ExpectStep
	Took       *time.Duration
	TookSpan   diag.Span
}

// ExpectStep is what the steps that a path or pattern names must come to.
type ExpectStep struct {
	Steps    pattern
	Status   ir.Ref
	Failure  ir.Ref
	Message  ir.Ref
	Handles  ir.Ref // the failed step whose failure it handles
	Attempts int    // 0: not said
	Returns  []Value
	Sees     []Value // parameters that are visible to it
	Put, Get []Content
	Span     diag.Span
}

// ofLeaf reports whether it expects what only tasks and stubs have.
func (s *ExpectStep) ofLeaf() bool {
	return s.Attempts > 0 || s.Returns != nil || s.Sees != nil || s.Put != nil || s.Get != nil || s.Handles.Name != ""
}

// pattern names steps by their paths.
type pattern struct{ ir.Ref }

// wildcards counts the parts of the pattern that are not literal.
func (p pattern) wildcards() int {
	n := 0
	for _, part := range strings.Split(p.Name, ".") {
		if strings.Contains(part, "*") {
			n++
		}
	}
	return n
}

// matches reports whether the pattern names the step at a path. `*` stands for any part of one name, `**` for any number of
// names. In a static path the item of a map is `*`, which a number or a `*` in the pattern stands for.
func (p pattern) matches(path string) bool {
	return matchNames(strings.Split(p.Name, "."), strings.Split(path, "."))
}

// matchNames goes back to the last `**` alone, so that it takes no more than the product of the lengths.
func matchNames(pattern, names []string) bool {
	i, j, star, from := 0, 0, -1, 0
	for j < len(names) {
		switch {
		case i < len(pattern) && pattern[i] == "**":
			star, from = i, j
			i++
		case i < len(pattern) && matchName(pattern[i], names[j]):
			i++
			j++
		case star >= 0:
			from++
			i, j = star+1, from
		default:
			return false
		}
	}
	for i < len(pattern) && pattern[i] == "**" {
		i++
	}
	return i == len(pattern)
}

func matchName(pattern, name string) bool {
	if pattern == name || name == ir.AnyItem && isIndex(pattern) {
		return true
	}
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 || !strings.HasPrefix(name, parts[0]) {
		return false
	}
	name = name[len(parts[0]):]
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name = name[i+len(part):]
	}
	return strings.HasSuffix(name, parts[last])
}

// isIndex reports whether a name of a path may be that of an item or iteration.
func isIndex(name string) bool {
	return name != "" && strings.Trim(name, "0123456789") == ""
}

// Package cache says when a step need not run again: it defines the content key of a step and finds the outcome of an
// earlier attempt that had the same one (SEMANTICS 6; docs/data.md has the definition in words).
//
// The key is a hash of the parts below. Everything that could change the outcome of a step is a part; what only changes
// whether, when or where it runs is not, and neither is the value of a secret.
//
//	definition  the task without cache, retry, timeout, resources and names of neighbours; with its whole environment
//	image       the image that it runs in; nothing on this machine
//	python      the interpreter's version and the names and versions of installed packages (Python tasks)
//	source      each file of the user's own code that the task runs, by path (package-level words: [Sources])
//	input       each parameter that the task uses, by name
//	file        each file that the catalog brings, by path
//	failure     what a handler is told of the failure
//
// All of it is known before the step runs, so a key can be computed without running anything.
package cache

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// version goes into every key: a change of the definition above is a new version.
const version = "runnable-render content key 1"

// The kinds of part, in the order in which they are shown.
const (
	partDefinition = "definition"
	partImage      = "image"
	partPython     = "python"
	partSource     = "source"
	partInput      = "input"
	partFile       = "file"
	partFailure    = "failure"
)

var order = [...]string{partDefinition, partImage, partPython, partSource, partInput, partFile, partFailure}

// Part is one of the things that a key is made of.
type Part = store.CachePart

// Key is a content key with what it was made of.
type Key struct {
	Hash  string // lower-case hex
	Parts []Part
}

// Step is a task with all that its key depends on.
type Step struct {
	Task    *ir.Task
	Env     []ir.EnvVar    // of the step and the composites around it, merged
	Image   string         // empty: it runs on this machine
	Params  []engine.Named // everything that it sees, items and indexes included
	Failed  *engine.Failure
	Files   []engine.File // what the catalog brings
	Sources *Sources      // what its code is
}

// KeyOf returns the content key of a step.
func KeyOf(s Step) Key {
	definition := Definition(s.Task, s.Env)
	parts := []Part{{Kind: partDefinition, Hash: hash(definition)}}
	if s.Image != "" {
		parts = append(parts, Part{Kind: partImage, Name: s.Image, Hash: hash(s.Image)})
	}
	if s.Sources.Python != "" {
		parts = append(parts, Part{Kind: partPython, Name: s.Sources.Python, Hash: hash(s.Sources.Packages)})
	}
	for name, sum := range s.Sources.Files {
		parts = append(parts, Part{Kind: partSource, Name: name, Hash: sum})
	}
	parts = append(parts, inputs(s)...)
	for _, f := range s.Files {
		parts = append(parts, Part{Kind: partFile, Name: f.Path, Hash: f.Hash})
	}
	if f := s.Failed; f != nil {
		text := fmt.Sprintf("%s\x00%s\x00%s", f.Step, f.Kind, f.Message)
		parts = append(parts, Part{Kind: partFailure, Name: f.Step, Hash: hash(text)})
	}
	slices.SortStableFunc(parts, func(a, b Part) int {
		return cmp.Or(cmp.Compare(slices.Index(order[:], a.Kind), slices.Index(order[:], b.Kind)), cmp.Compare(a.Name, b.Name))
	})
	h := sha256.New()
	_, _ = io.WriteString(h, version)
	for _, p := range parts {
		fmt.Fprintf(h, "\x00%d %s%d %s%d %s", len(p.Kind), p.Kind, len(p.Name), p.Name, len(p.Hash), p.Hash)
	}
	return Key{Hash: hex.EncodeToString(h.Sum(nil)), Parts: parts}
}

// Definition is the task as text, with what makes no difference to its outcome left out: whether it is cached, how
// often and how long it is tried, what machine it asks for.
func Definition(t *ir.Task, env []ir.EnvVar) string {
	plain := *t
	plain.Cache, plain.Retry, plain.Timeout = false, ir.Retry{}, 0
	plain.Common = ir.Common{Env: env}
	return ir.DumpOwn(&plain)
}

// inputs are the parameters that the task uses, as far as its code tells; else all that it sees. A name that its
// function takes and that is not visible counts too: once it is visible, it would be passed.
func inputs(s Step) []Part {
	byName := make(map[string]engine.Value, len(s.Params))
	for _, p := range s.Params {
		byName[p.Name] = p.Value
	}
	names := s.Sources.Takes
	if s.Sources.TakesAll {
		names = names[:0:0]
		for _, p := range s.Params {
			names = append(names, p.Name)
		}
	} else {
		names = Uses(s.Task.Inputs, names)
	}
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	parts := make([]Part, len(names))
	for i, name := range names {
		parts[i] = Part{Kind: partInput, Name: name}
		if v, ok := byName[name]; ok {
			sum := v.Digest()
			parts[i].Hash, parts[i].Shown = hex.EncodeToString(sum[:]), shown(v)
		}
	}
	return parts
}

// Uses are the parameters that a task uses whose function takes some arguments: those that `inputs` names are in place of the
// arguments that it binds.
func Uses(inputs []ir.Input, takes []string) []string {
	var out []string
	fixed := map[string]bool{}
	for _, in := range inputs {
		fixed[in.Arg] = true
		out = append(out, in.From...)
	}
	for _, name := range takes {
		if !fixed[name] {
			out = append(out, name)
		}
	}
	return out
}

// shownLength is the number of characters of a value that are kept to show what changed.
const shownLength = 60

func shown(v engine.Value) string {
	text := []rune(string(v.JSON))
	if len(text) > shownLength {
		return string(text[:shownLength-1]) + "…"
	}
	return string(text)
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

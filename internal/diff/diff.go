// Package diff finds what a change to a definition affects: which steps are the same, what changed in the others, and
// whether a result can differ (docs/review.md). It is pure: two checked pipelines come in, changes go out.
//
// Everything that a definition says about a step or the pipeline is a fact, in one form for everything with the same
// meaning. The facts of matched steps are compared; the hash of all facts is the pipeline's semantic hash. So there is
// a change that is not cosmetic exactly if the hashes differ.
package diff

import (
	"slices"

	"github.com/runnable-render/runnable-render/ir"
)

// Class says what a change can do to the result of a run.
type Class string

// The classes.
const (
	Breaking Class = "breaking" // another result for the same inputs is possible
	Neutral  Class = "neutral"  // it changes only whether, when, where or under which name something runs
	Cosmetic Class = "cosmetic" // it changes nothing: the semantic hash is the same
)

// Classes are all classes, the gravest first.
func Classes() []Class { return []Class{Breaking, Neutral, Cosmetic} }

// Kind says what a change is about.
type Kind string

// The kinds.
const (
	Definitions Kind = "definitions" // a whole definition is new or gone
	Steps       Kind = "steps"       // a step is new or gone
	Moves       Kind = "moves"       // a step is in another graph
	Type        Kind = "type"
	Command     Kind = "command"
	Code        Kind = "code" // the user's files that a command runs
	Inputs      Kind = "inputs"
	Returns     Kind = "returns"
	Files       Kind = "files" // what the catalog gets and puts
	Secrets     Kind = "secrets"
	Env         Kind = "env"
	Python      Kind = "python"
	Image       Kind = "image"
	Edges       Kind = "edges"
	Order       Kind = "order"
	Control     Kind = "control" // what a composite goes by
	Branches    Kind = "branches"
	Parameters  Kind = "parameters"
	Modules     Kind = "modules"
	Retries     Kind = "retries"
	Timeout     Kind = "timeout"
	Cache       Kind = "cache"
	Limits      Kind = "limits" // how many items run at a time, and what a failure stops
	Resources   Kind = "resources"
	Targets     Kind = "targets"
	Pods        Kind = "pods"
	Schedule    Kind = "schedule"
	Hooks       Kind = "hooks"
	Names       Kind = "names"
	Text        Kind = "text" // descriptions, help, accepted warnings
)

// Kinds are all kinds, in the order of the documentation.
func Kinds() []Kind {
	return []Kind{
		Definitions, Steps, Moves, Type, Command, Code, Inputs, Returns, Files, Secrets, Env, Python, Image, Edges, Order, Control, Branches, Parameters, Modules,
		Retries, Timeout, Cache, Limits, Resources, Targets, Pods, Schedule, Hooks, Names, Text,
	}
}

// class is that of most changes of a kind. A change is breaking where it is part of what a step's content key is made of, or
// of what the step sees; not where it only says whether, when or where the step runs.
func (k Kind) class() Class {
	if k == Text {
		return Cosmetic
	}
	if slices.Contains([]Kind{Retries, Timeout, Cache, Limits, Resources, Targets, Pods, Schedule, Hooks, Names}, k) {
		return Neutral
	}
	return Breaking
}

// Change is one difference between two definitions.
type Change struct {
	Class Class  `json:"class"`
	Kind  Kind   `json:"kind"`
	Path  string `json:"path,omitempty"` // of the step: in the new definition, of one that is gone in the old; empty: of the pipeline
	Was   string `json:"was,omitempty"`  // its path in the old definition, where that is another
	What  string `json:"what"`           // which part of the step or pipeline
	Old   string `json:"old,omitempty"`  // empty: there was none
	New   string `json:"new,omitempty"`  // empty: there is none
	// Steps are the leaves that a change of a composite's default reaches.
	Steps []string `json:"steps,omitempty"`
}

// Pair is a step that is in both definitions.
type Pair struct{ Old, New Step }

// Step is a step of a definition with what it gets from the composites around it.
type Step struct {
	Path      string // static
	Node      ir.Node
	Effective ir.Effective
}

// Comparison is what two definitions have in common and where they differ.
type Comparison struct {
	OldHash string // semantic
	NewHash string
	Changes []Change
	Pairs   []Pair // in the order of the new definition
	Added   []Step // steps, also those in composites that are new
	Removed []Step

	arrange  func([]Change) // puts changes in order
	pipeline *ir.Pipeline   // the new one
}

// Compare compares two pipelines that were checked.
func Compare(before, after *ir.Pipeline) *Comparison {
	o, n := newSide(before), newSide(after)
	c := newComparer(o, n)
	c.match()
	c.pipelines()
	c.graphs(o.root, n.root)
	c.movedApart()
	c.addedAndRemoved()
	out := &Comparison{OldHash: o.hash(), NewHash: n.hash(), Changes: c.finished(), arrange: c.arrange, pipeline: after}
	c.arrange(out.Changes)
	for _, s := range n.steps {
		if was := c.oldOf[s]; was != nil {
			out.Pairs = append(out.Pairs, Pair{was.Step, s.Step})
		} else {
			out.Added = append(out.Added, s.Step)
		}
	}
	for _, s := range o.steps {
		if c.newOf[s] == nil {
			out.Removed = append(out.Removed, s.Step)
		}
	}
	return out
}

// Equal reports whether the definitions mean the same.
func (c *Comparison) Equal() bool { return c.OldHash == c.NewHash }

// With are the changes with others that were found elsewhere, in order.
func (c *Comparison) With(more []Change) []Change {
	all := slices.Concat(c.Changes, more)
	c.arrange(all)
	return all
}

// CodeChange is the change of a file that a step runs.
func CodeChange(before, path, file, old, now string) Change {
	return Change{Class: Breaking, Kind: Code, Path: path, Was: was(before, path), What: "file " + file, Old: short(old), New: short(now)}
}

func short(hash string) string { return hash[:min(len(hash), 12)] }

// Holds reports whether there is a change of a class or kind.
func Holds(changes []Change, word string) bool {
	return slices.ContainsFunc(changes, func(c Change) bool { return string(c.Class) == word || string(c.Kind) == word })
}

package engine

import (
	"encoding/json"
	"time"
)

// Status is the state of an attempt, a step or a run (SEMANTICS 6).
type Status string

// The statuses. A step that was not reached has no record and so no status.
const (
	Success     Status = "SUCCESS"
	Failed      Status = "FAIL"
	Cached      Status = "CACHED"
	Running     Status = "RUNNING"
	Interrupted Status = "INTERRUPTED" // derived: a run whose process died
)

// OK reports whether successors may go on from s.
func (s Status) OK() bool { return s == Success || s == Cached }

// FailureKind says what kind of thing made a step fail (SEMANTICS 3.7).
type FailureKind string

// The kinds of failure.
const (
	KindError   FailureKind = "error"   // the command said so
	KindTimeout FailureKind = "timeout" // it ran longer than it may
	KindOOM     FailureKind = "oom"     // it was killed for its memory
	KindKilled  FailureKind = "killed"  // it was killed by another signal
	KindData    FailureKind = "data"    // a parameter, file, argument or control value was missing or wrong
	KindSecret  FailureKind = "secret"  // a secret was missing, or would have been kept
	KindLost    FailureKind = "lost"    // it left no record at all
)

// Failure says which step failed and why.
type Failure struct {
	Step     string      `json:"step"` // path of the innermost failed step
	Kind     FailureKind `json:"kind"`
	Message  string      `json:"message"`
	ExitCode int         `json:"exit_code,omitempty"`
}

// Record is the fact of one attempt of one leaf step. It is written once and never changed.
type Record struct {
	Version int       `json:"version"` // of this form; [RecordVersion]
	Path    string    `json:"path"`
	Attempt int       `json:"attempt"` // from 1; the lowest that was free
	Kind    string    `json:"kind"`    // ir.Kind, for a task ir.CommandType
	Status  Status    `json:"status"`
	Failure *Failure  `json:"failure,omitempty"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`

	Before  string   `json:"before"`            // digest of the scope before the step
	From    []string `json:"from,omitempty"`    // the attempts that it followed, "path#attempt"
	Inputs  []Named  `json:"inputs,omitempty"`  // what the task was given, large values as blobs
	Returns []Named  `json:"returns,omitempty"` // in the order of the definition
	Files   []File   `json:"files,omitempty"`   // what the catalog brought and took
	Folders []string `json:"folders,omitempty"` // that were put as such: what was below them before is no longer
	After   ScopeRef `json:"after"`             // the scope after the step

	// Definition is the hash of the step's own definition ([Definitions.Hash]); empty in records of earlier versions.
	Definition string `json:"definition,omitempty"`
	// Sources are the hashes of the files of the user's code that ran, by path from the project's root.
	Sources map[string]string `json:"sources,omitempty"`

	Log    string            `json:"log,omitempty"` // key of the log in the store
	Code   map[string]string `json:"code,omitempty"`
	Target string            `json:"target,omitempty"` // local, argo, compose
}

// RecordVersion is the version of the form of [Record].
const RecordVersion = 1

// Named is a value with its name.
type Named struct {
	Name  string `json:"name"`
	Value Value  `json:"value"`
}

// File is a file that a step got from the catalog or put there.
type File struct {
	Path   string `json:"path"` // slash path below the working folder
	Hash   string `json:"sha256"`
	Size   int64  `json:"size"`
	Mode   uint32 `json:"mode,omitempty"`  // permission bits
	Stage  string `json:"stage,omitempty"` // StageGet or StagePut in a record, empty in a scope
	NoCopy bool   `json:"no_copy,omitempty"`
	Item   string `json:"item,omitempty"` // after a map: which item's step put it ("3"; nested maps "3.0")
}

// ScopeRef is a scope as a record holds it: shared segments by hash, oldest first, then the newest entries by
// value. Reading one opens at most a handful of blobs, however long the pipeline was.
type ScopeRef struct {
	Digest   string  `json:"digest"`
	Segments []Blob  `json:"segments,omitempty"`
	Entries  []Entry `json:"entries,omitempty"`
}

// Entry is one name of a scope with its value and the attempt that wrote it.
type Entry struct {
	Key   Key    `json:"key"`
	Value Value  `json:"value,omitzero"`  // of a parameter
	Files []File `json:"files,omitempty"` // of a file: one, or one for each item that put it; none: it is gone ([Entry.Gone])
	By    string `json:"by,omitempty"`    // path#attempt of the writer; empty: an initial parameter
}

// Header is the fact of a run (runs/<run>/run.json).
type Header struct {
	Version    int               `json:"version"`
	Run        string            `json:"run"`
	Pipeline   string            `json:"pipeline"`
	Target     string            `json:"target"`
	Owner      string            `json:"owner,omitempty"`  // the workflow's uid and the like: who may write to this run
	Origin     string            `json:"origin,omitempty"` // the run whose results this one went on with
	Tags       []string          `json:"tags,omitempty"`   // words to find the run by
	Started    time.Time         `json:"started"`
	File       string            `json:"file,omitempty"` // of the definition, on the machine of a local run
	Definition json.RawMessage   `json:"definition"`     // irjson
	Parameters []Named           `json:"parameters"`
	Code       map[string]string `json:"code,omitempty"`
}

// HookResult is the result of a hook after a run's end.
type HookResult struct {
	Name    string  `json:"name"` // "on_failure 1"
	Kind    string  `json:"kind"` // command, webhook
	OK      bool    `json:"ok"`
	Message string  `json:"message,omitempty"` // why it failed
	Seconds float64 `json:"seconds"`
}

// What a step did with a file.
const (
	StageGet = "get"
	StagePut = "put"
)

// Package lineage finds where a value or file of a run came from: which step created it, from which inputs and with
// which code (from the records alone), and for a hash every run that created or used it.
package lineage

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// Lineage is where one thing of a run came from: a graph whose arrows go from what was used to what was made of it.
type Lineage struct {
	Run      string `json:"run"`
	Pipeline string `json:"pipeline"`
	Target   string `json:"target"`
	Of       string `json:"of"`    // the node that was asked for
	Nodes    []Node `json:"nodes"` // what was asked for first, then what it was made of, level by level
	Edges    []Edge `json:"edges"`
}

// The kinds of node.
const (
	Parameter = "parameter"
	File      = "file"
	Step      = "step"
	Map       = "map" // gathers what its items returned
)

// Node is a parameter's value, a file, or what made one.
type Node struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Name string `json:"name"` // of the parameter, the path of the file, the path of the step

	Hash  string `json:"sha256,omitempty"` // of a value: its digest, or the hash of its blob
	Value string `json:"value,omitempty"`  // the beginning of its text
	Size  int64  `json:"size,omitempty"`   // of a file

	Attempt int               `json:"attempt,omitempty"`
	Status  engine.Status     `json:"status,omitempty"`
	Command string            `json:"command,omitempty"` // "python steps.train"
	Code    map[string]string `json:"code,omitempty"`
	Started time.Time         `json:"started,omitzero"`
}

// Edge says that To was made from, or by, From.
type Edge struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// ErrUnknown is the error for a name that nothing in the run has.
var ErrUnknown = errors.New("nothing in the run has that name")

// Of returns the lineage of a parameter or file of a run, as it was at the run's end, or as far as the run came.
func Of(ctx context.Context, s *store.Store, run, name string) (*Lineage, error) {
	r, err := runs.Of(ctx, s, run)
	if err != nil {
		return nil, err
	}
	t := &tracer{
		run: r, seen: map[string]engine.Seen{}, known: map[string]bool{}, edges: map[Edge]bool{},
		out: &Lineage{Run: run, Pipeline: r.Header.Pipeline, Target: r.Header.Target},
	}
	for _, seen := range r.Replay.Seen {
		t.seen[engine.Writer(seen.Record.Path, seen.Record.Attempt)] = seen
		t.order = append(t.order, seen)
	}
	start := t.find(name)
	if start == nil {
		return nil, fmt.Errorf("%w: %q; it has %s", ErrUnknown, name, t.names())
	}
	t.out.Of = t.thing(start)
	for len(t.queue) > 0 {
		e := t.queue[0]
		t.queue = t.queue[1:]
		t.origin(e)
	}
	return t.out, nil
}

// tracer walks from a thing to what it was made of.
type tracer struct {
	run   *runs.Run
	seen  map[string]engine.Seen // by path#attempt
	order []engine.Seen
	known map[string]bool
	edges map[Edge]bool
	queue []*engine.Entry // things whose origin is still to be told
	out   *Lineage
}

// find returns the newest entry of a parameter or file.
func (t *tracer) find(name string) *engine.Entry {
	keys := []engine.Key{engine.ParamKey(name), engine.FileKey(name)}
	if o := t.run.Replay.Outcome; o != nil {
		for _, k := range keys {
			if e := o.After.Get(k); e != nil && !e.Gone() {
				return e
			}
		}
	}
	for _, seen := range slices.Backward(t.order) {
		out := engine.LeafOutcome(seen.Job.Before, seen.Record)
		for _, k := range keys {
			if e := out.After.Get(k); e != nil && !e.Gone() {
				return e
			}
			for _, kept := range out.Kept {
				if kept.Key == k && !kept.Gone() {
					return kept
				}
			}
		}
	}
	return nil
}

// names lists what can be asked for.
func (t *tracer) names() string {
	set := map[string]bool{}
	for _, p := range t.run.Header.Parameters {
		set[p.Name] = true
	}
	for _, seen := range t.order {
		for _, n := range seen.Record.Returns {
			set[n.Name] = true
		}
		for _, f := range seen.Record.Files {
			if f.Stage == engine.StagePut {
				set[f.Path] = true
			}
		}
	}
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	slices.Sort(names)
	if len(names) == 0 {
		return "nothing"
	}
	const most = 20
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// thing adds the node of an entry, once, and returns its id.
func (t *tracer) thing(e *engine.Entry) string {
	id := string(e.Key) + "@" + e.By
	if t.known[id] {
		return id
	}
	t.known[id] = true
	n := Node{ID: id, Kind: File}
	if name, ok := e.Key.Param(); ok {
		n.Kind, n.Name, n.Hash, n.Value = Parameter, name, hashOf(e.Value), short(e.Value)
	} else {
		n.Name, _ = e.Key.File()
		if len(e.Files) == 1 {
			n.Hash, n.Size = e.Files[0].Hash, e.Files[0].Size
		} else {
			n.Value = fmt.Sprintf("of %d items", len(e.Files))
		}
	}
	t.out.Nodes = append(t.out.Nodes, n)
	t.queue = append(t.queue, e)
	return id
}

// origin adds what made an entry and what that used.
func (t *tracer) origin(e *engine.Entry) {
	if e.By == "" {
		return // an initial parameter
	}
	maker := "step:" + e.By
	path, attempt, _ := strings.Cut(e.By, "#")
	if attempt == "0" {
		t.gathered(e, path, maker+":"+string(e.Key))
		return
	}
	t.edge(maker, string(e.Key)+"@"+e.By)
	if t.known[maker] {
		return
	}
	t.known[maker] = true
	seen, ok := t.seen[e.By]
	n := Node{ID: maker, Kind: Step, Name: path}
	n.Attempt, _ = strconv.Atoi(attempt)
	if !ok { // an attempt before the last one
		t.out.Nodes = append(t.out.Nodes, n)
		return
	}
	n.Status, n.Code, n.Started, n.Command = seen.Record.Status, seen.Record.Code, seen.Record.Started, commandOf(seen.Job.Node)
	t.out.Nodes = append(t.out.Nodes, n)
	for _, used := range uses(seen) {
		t.edge(t.thing(used), maker)
	}
}

// uses are the entries that a step used: the parameters that it was given and the files that it got.
func uses(seen engine.Seen) []*engine.Entry {
	var out []*engine.Entry
	add := func(k engine.Key) {
		if e := seen.Job.Before.Get(k); e != nil {
			out = append(out, e)
		}
	}
	for _, n := range seen.Record.Inputs {
		add(engine.ParamKey(n.Name))
	}
	for _, f := range seen.Record.Files {
		if f.Stage != engine.StageGet {
			continue
		}
		path := f.Path
		if f.Item != "" { // it came as ITEM/path
			path = strings.TrimPrefix(path, f.Item+"/")
		}
		add(engine.FileKey(path))
	}
	return out
}

// gathered adds the origin of what a composite made: the item or index that it gave its body, or the list of what a
// map's items returned.
func (t *tracer) gathered(e *engine.Entry, path, maker string) {
	t.edge(maker, string(e.Key)+"@"+e.By)
	if t.known[maker] {
		return
	}
	t.known[maker] = true
	n := Node{ID: maker, Kind: Map, Name: path}
	if around, ok := t.giver(path); ok { // an item or index, named after its iteration
		n.Command = ir.Kind(around)
		t.out.Nodes = append(t.out.Nodes, n)
		if m, ok := around.(*ir.Map); ok {
			t.listOf(m, path, maker)
		}
		return
	}
	if node, err := engine.NodeAt(t.run.Pipeline, path); err == nil {
		n.Command = ir.Kind(node)
	}
	t.out.Nodes = append(t.out.Nodes, n)
	for _, made := range t.lastWriters(path, e.Key) {
		t.edge(t.thing(made), maker)
	}
}

// giver is the map or loop that the path of an iteration belongs to.
func (t *tracer) giver(path string) (ir.Node, bool) {
	cut := strings.LastIndexByte(path, '.')
	if cut < 0 {
		return nil, false
	}
	if _, err := strconv.Atoi(path[cut+1:]); err != nil {
		return nil, false
	}
	node, err := engine.NodeAt(t.run.Pipeline, path[:cut])
	if err != nil {
		return nil, false
	}
	return node, ir.Repeats(node)
}

// listOf adds the list that an item of a map was taken from, as the body sees it.
func (t *tracer) listOf(m *ir.Map, iteration, maker string) {
	for _, seen := range t.order {
		if !strings.HasPrefix(seen.Record.Path, iteration+".") {
			continue
		}
		if list := seen.Job.Before.Get(engine.ParamKey(m.IterateOn.Name)); list != nil {
			t.edge(t.thing(list), maker)
		}
		return
	}
}

// lastWriters are the entries of a key that steps inside a composite wrote, of each graph inside it the last.
func (t *tracer) lastWriters(path string, key engine.Key) []*engine.Entry {
	last := map[string]*engine.Entry{}
	var order []string
	for _, seen := range t.order {
		rec := seen.Record
		if !strings.HasPrefix(rec.Path, path+".") || !rec.Status.OK() {
			continue
		}
		e := engine.LeafOutcome(&engine.Scope{}, rec).After.Get(key)
		if e == nil || e.Gone() {
			continue
		}
		graph := rec.Path[:strings.LastIndexByte(rec.Path, '.')]
		if last[graph] == nil {
			order = append(order, graph)
		}
		last[graph] = e
	}
	out := make([]*engine.Entry, len(order))
	for i, g := range order {
		out[i] = last[g]
	}
	return out
}

func (t *tracer) edge(from, to string) {
	e := Edge{from, to}
	if !t.edges[e] {
		t.edges[e] = true
		t.out.Edges = append(t.out.Edges, e)
	}
}

func commandOf(n ir.Node) string {
	t, ok := n.(*ir.Task)
	if !ok {
		return ir.Kind(n)
	}
	text := strings.Join(strings.Fields(t.Command.Text()), " ")
	return ir.CommandType(t.Command) + " " + cut(text, 60)
}

func hashOf(v engine.Value) string {
	if v.Blob != nil {
		return v.Blob.Hash
	}
	sum := v.Digest()
	return hex.EncodeToString(sum[:])
}

func short(v engine.Value) string {
	switch {
	case v.JSON != nil:
		return cut(string(v.JSON), 60)
	case v.IsObject():
		return "an object"
	}
	return ""
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

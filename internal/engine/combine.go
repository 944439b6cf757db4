package engine

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/runnable-render/runnable-render/ir"
)

// firstFailure returns the first failed outcome, with the failure that counts for the composite: the first in
// definition order, then by item or iteration, that has a cause (SEMANTICS 2.7).
func firstFailure(outs []*Outcome) *Outcome {
	var first *Outcome
	for _, o := range outs {
		if o == nil || o.Status.OK() {
			continue
		}
		if o.Failure != nil {
			return o
		}
		if first == nil {
			first = o
		}
	}
	return first
}

// failComposite is the outcome of a composite one of whose graphs failed: nothing merges (SEMANTICS 2.7).
func failComposite(before *Scope, cause *Outcome) Outcome {
	return Outcome{Status: Failed, After: before, Failure: cause.Failure, Kept: cause.Kept}
}

// afterBranches is the outcome of a parallel, whose branches had the outcomes outs in definition order, and of a
// conditional, where outs holds the arm that ran (SEMANTICS 2.3, 2.5).
func afterBranches(before *Scope, outs []*Outcome) Outcome {
	if f := firstFailure(outs); f != nil {
		return failComposite(before, f)
	}
	var entries []*Entry
	var changed keySet
	for _, o := range outs {
		for _, k := range o.Changed {
			entries = append(entries, o.After.Get(k))
		}
		changed.add(o.Changed...)
	}
	return Outcome{Status: Success, After: before.With(settleFiles(entries)...), Changed: changed.order}
}

// afterLoop is the outcome of a loop whose last iteration had the outcome last; changed is what all iterations wrote.
func afterLoop(n *ir.Loop, before *Scope, last *Outcome, changed []Key) Outcome {
	if !last.Status.OK() {
		return failComposite(before, last)
	}
	var entries []*Entry
	var keys keySet
	for _, k := range changed {
		if k == ParamKey(n.IndexAs.Name) && !wrote(last, k) {
			continue // there it is the loop's own
		}
		entries = append(entries, last.After.Get(k))
		keys.add(k)
	}
	return Outcome{Status: Success, After: before.With(entries...), Changed: keys.order}
}

// mapResult holds, for each name that a map's body can return, the values of the items in item order; a value
// that an item did not return is the zero Value.
type mapResult struct {
	names  []string
	values [][]Value
	files  []*Entry
}

// collect gathers what the items of a map returned (SEMANTICS 2.4).
func collect(n *ir.Map, path string, outs []*Outcome) mapResult {
	var r mapResult
	for _, ret := range ir.Returnable(n.Body) {
		if ret.Name == n.IterateAs.Name {
			continue
		}
		key, values := ParamKey(ret.Name), make([]Value, len(outs))
		r.names, r.values = append(r.names, ret.Name), append(r.values, values)
		for i, o := range outs {
			if wrote(o, key) {
				values[i] = o.After.Get(key).Value
			}
		}
	}
	r.files = collectFiles(path, outs)
	return r
}

func wrote(o *Outcome, key Key) bool {
	for _, k := range o.Changed {
		if k == key {
			return true
		}
	}
	return false
}

// collectFiles keeps files of one name that several items put apart, by item (SEMANTICS 4).
func collectFiles(path string, outs []*Outcome) []*Entry {
	var order []*Entry
	byKey := map[Key]*Entry{}
	for i, o := range outs {
		for _, k := range o.Changed {
			if _, ok := k.File(); !ok {
				continue
			}
			e := byKey[k]
			if e == nil {
				e = &Entry{Key: k, By: Writer(path, 0)}
				byKey[k] = e
				order = append(order, e)
			}
			for _, f := range o.After.Get(k).Files {
				f.Item = ir.Join(strconv.Itoa(i), f.Item)
				if f.Item[len(f.Item)-1] == '.' {
					f.Item = f.Item[:len(f.Item)-1]
				}
				e.Files = append(e.Files, f)
			}
		}
	}
	return order
}

// afterMap is the outcome of a map without failed items, given the reduced value of each name.
func afterMap(path string, before *Scope, r mapResult, reduced []Value) Outcome {
	entries := make([]*Entry, 0, len(r.names)+len(r.files))
	for i, name := range r.names {
		entries = append(entries, &Entry{Key: ParamKey(name), Value: reduced[i], By: Writer(path, 0)})
	}
	entries = append(entries, r.files...)
	return Outcome{Status: Success, After: before.With(entries...), Changed: keysOf(entries)}
}

// List makes the list of values, in order; a value that is not there becomes null. A list with a pickled object
// in it is itself an object.
func List(values []Value, blobs Blobs) (Value, error) {
	for _, v := range values {
		if v.IsObject() {
			return objectList(values), nil
		}
	}
	var b bytes.Buffer
	b.WriteByte('[')
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		if v.IsZero() {
			b.WriteString("null")
			continue
		}
		text, err := v.Text(blobs)
		if err != nil {
			return Value{}, fmt.Errorf("item %d: %w", i, err)
		}
		b.Write(text)
	}
	b.WriteByte(']')
	return Keep(Value{JSON: b.Bytes()}, blobs)
}

func objectList(values []Value) Value {
	items := make([]Value, len(values))
	for i, v := range values {
		if v.IsZero() {
			v = Null()
		}
		items[i] = v
	}
	return Value{Kind: ir.Object, Items: items}
}

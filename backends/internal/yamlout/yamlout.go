// Package yamlout writes YAML in a given order, so that the same input always gives the same bytes.
//
// A string is quoted if any reader of YAML 1.1 or 1.2 would read something other than that string. There are no folded
// lines and no line breaks inside quotes, and anchors only where an [Anchor] asks for one.
package yamlout

import (
	"reflect"
	"strings"
)

// Map is a mapping in the order of its keys. The values of a Map or a [List] are: string, int, int64, float64, bool,
// nil, [Block], [Flow], [Anchor], [Alias], []string, *Map and *List; anything else panics, since only a programmer can
// put it there.
type Map struct {
	entries []entry
	notes   []string
	gap     bool
}

// List is a sequence.
type List struct {
	entries []entry
	notes   []string
}

// Block is multi-line text written by a tool, printed as a literal block where YAML can hold it as one.
type Block string

// Flow is a value to be printed on one line: {a: b} or [a, b].
type Flow struct{ Value any }

// Anchor is the value of a key under a name by which an [Alias] further down repeats it. The name is made of letters,
// digits and dashes.
type Anchor struct {
	Name  string
	Value any
}

// Alias repeats the value of an [Anchor].
type Alias string

type entry struct {
	key   string
	value any
	notes []string // comment lines above
	tail  string   // comment behind
	gap   bool     // an empty line above all that
}

// NewMap makes a mapping of key, value, key, value...
func NewMap(pairs ...any) *Map {
	m := &Map{}
	for i := 0; i < len(pairs); i += 2 {
		m.Add(pairs[i].(string), pairs[i+1])
	}
	return m
}

// NewList makes a sequence of items.
func NewList(items ...any) *List {
	l := &List{}
	for _, item := range items {
		l.Add(item)
	}
	return l
}

// Add appends a key, which the mapping does not have yet.
func (m *Map) Add(key string, value any) *Map {
	m.entries = append(m.entries, entry{key: key, value: value, notes: m.notes, gap: m.gap})
	m.notes, m.gap = nil, false
	return m
}

// Merge takes over the keys of a mapping that has an anchor, but for those that this mapping holds itself.
func (m *Map) Merge(a Alias) *Map { return m.Add(mergeKey, a) }

// mergeKey is printed bare where its value is an alias: in quotes it would be a key like any other.
const mergeKey = "<<"

// keyText prints the key of an entry.
func (e entry) keyText() string {
	if _, ok := e.value.(Alias); ok && e.key == mergeKey {
		return mergeKey
	}
	return Scalar(e.key)
}

// Opt appends a key unless its value is empty: "", 0, false, nil, or a mapping or sequence that holds nothing.
func (m *Map) Opt(key string, value any) *Map {
	if isEmpty(value) {
		m.notes, m.gap = nil, false
		return m
	}
	return m.Add(key, value)
}

// Note puts a comment above the entry that is added next.
func (m *Map) Note(text string) *Map {
	m.notes = append(m.notes, commentLines(text)...)
	return m
}

// Gap puts an empty line above the entry that is added next, and above its comment. The first entry of a mapping gets
// none.
func (m *Map) Gap() *Map {
	m.gap = len(m.entries) > 0
	return m
}

// Tail puts a comment behind the entry that was added last.
func (m *Map) Tail(text string) *Map {
	if len(m.entries) > 0 {
		m.entries[len(m.entries)-1].tail = strings.Join(commentLines(text), " ")
	}
	return m
}

// Get returns the value of a key, or nil.
func (m *Map) Get(key string) any {
	for _, e := range m.entries {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// Len returns the number of keys.
func (m *Map) Len() int { return len(m.entries) }

// Add appends an item.
func (l *List) Add(value any) *List {
	l.entries = append(l.entries, entry{value: value, notes: l.notes})
	l.notes = nil
	return l
}

// Extend appends all items of another sequence; nil has none.
func (l *List) Extend(other *List) *List {
	if other != nil {
		l.entries = append(l.entries, other.entries...)
	}
	return l
}

// Note puts a comment above the item that is added next.
func (l *List) Note(text string) *List {
	l.notes = append(l.notes, commentLines(text)...)
	return l
}

// Len returns the number of items.
func (l *List) Len() int { return len(l.entries) }

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case *Map:
		return v == nil || len(v.entries) == 0
	case *List:
		return v == nil || len(v.entries) == 0
	case []string:
		return len(v) == 0
	case Flow:
		return isEmpty(v.Value)
	case Anchor:
		return isEmpty(v.Value)
	default:
		return reflect.ValueOf(v).IsZero()
	}
}

// Set gives a key a value, in its place where the mapping has it.
func (m *Map) Set(key string, value any) *Map {
	for i := range m.entries {
		if m.entries[i].key == key {
			m.entries[i].value = value
			return m
		}
	}
	return m.Add(key, value)
}

// Extend appends all entries of another mapping.
func (m *Map) Extend(other *Map) *Map {
	m.entries = append(m.entries, other.entries...)
	return m
}

// Package yamlout writes YAML in the order it is told, so that the same input always gives the same bytes.
//
// Every string is quoted that any reader, of YAML 1.1 or 1.2, would take for something else than that string. There
// are no folded lines and no line breaks inside quotes, and anchors only where an [Anchor] asks for one.
package yamlout

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
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

// Options says how the output looks.
type Options struct {
	// IndentLists indents a sequence below its key by two columns; else its dashes stand below the key itself.
	IndentLists bool
}

// Marshal prints one document. A *[Map] prints its trailing notes too.
func Marshal(v any, o Options) []byte {
	w := &writer{Options: o}
	w.block(v, 0)
	return w.Bytes()
}

// Comment prints text as comment lines, for the head of a document.
func Comment(text string) []byte {
	var b bytes.Buffer
	for _, line := range commentLines(text) {
		b.WriteString(strings.TrimRight("# "+line, " "))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

type writer struct {
	bytes.Buffer
	Options
}

// block prints a value whose first line starts at the writer's position, which is column indent.
func (w *writer) block(v any, indent int) {
	switch v := v.(type) {
	case *Map:
		if len(v.entries) == 0 { // at the top alone
			w.WriteString("{}\n")
		}
		for i, e := range v.entries {
			if e.gap {
				w.WriteByte('\n')
			}
			if i > 0 {
				w.indent(indent)
			}
			w.notesAbove(e.notes, indent)
			w.key(e.keyText(), indent)
			w.under(e, indent)
		}
		w.trailing(v.notes, indent)
	case *List:
		if len(v.entries) == 0 {
			w.WriteString("[]\n")
		}
		for i, e := range v.entries {
			if i > 0 {
				w.indent(indent)
			}
			w.notesAbove(e.notes, indent)
			w.item(e, indent)
		}
		w.trailing(v.notes, indent)
	case []string:
		for i, s := range v {
			if i > 0 {
				w.indent(indent)
			}
			w.item(entry{value: s}, indent)
		}
	default:
		w.inline(entry{value: v}, indent)
	}
}

// longestKey is the number of bytes in which a colon must follow for a scalar to be a key without further signs (YAML
// 1.2, 7.4.2).
const longestKey = 1024

// key prints the key of a mapping and its colon.
func (w *writer) key(text string, indent int) {
	if len(text) >= longestKey {
		w.WriteString("? " + text + "\n")
		w.indent(indent)
		text = ""
	}
	w.WriteString(text + ":")
}

func (w *writer) trailing(notes []string, indent int) {
	for _, n := range notes {
		w.indent(indent)
		w.WriteString(strings.TrimRight("# "+n, " ") + "\n")
	}
}

// item prints one item of a sequence, dash and all.
func (w *writer) item(e entry, indent int) {
	w.WriteByte('-')
	if isBlock(e.value) && firstNotes(e.value) == 0 {
		w.WriteByte(' ')
		w.block(e.value, indent+2)
		return
	}
	if isBlock(e.value) {
		w.WriteByte('\n')
		w.indent(indent + 2)
		w.block(e.value, indent+2)
		return
	}
	w.WriteByte(' ')
	w.inline(e, indent)
}

// under prints the value of a key, behind its colon.
func (w *writer) under(e entry, indent int) {
	if a, ok := e.value.(Anchor); ok {
		w.WriteString(" &" + a.Name)
		e.value = a.Value
	}
	if !isBlock(e.value) {
		w.WriteByte(' ')
		w.inline(e, indent)
		return
	}
	if e.tail != "" {
		w.WriteString(" # " + e.tail)
	}
	w.WriteByte('\n')
	if _, isMap := e.value.(*Map); isMap || w.IndentLists {
		indent += 2
	}
	w.indent(indent)
	w.block(e.value, indent)
}

// inline prints a value that starts on this line, and ends the line.
func (w *writer) inline(e entry, indent int) {
	if b, ok := e.value.(Block); ok && literal(string(b)) {
		w.literal(string(b), e.tail, indent+2)
		return
	}
	w.WriteString(flow(e.value))
	if e.tail != "" {
		w.WriteString(" # " + e.tail)
	}
	w.WriteByte('\n')
}

func (w *writer) notesAbove(notes []string, indent int) {
	for _, n := range notes {
		w.WriteString(strings.TrimRight("# "+n, " ") + "\n")
		w.indent(indent)
	}
}

func (w *writer) indent(n int) { w.WriteString(strings.Repeat(" ", n)) }

// isBlock reports whether a value takes lines of its own.
func isBlock(v any) bool {
	switch v.(type) {
	case *Map, *List, []string:
		return !isEmpty(v)
	}
	return false
}

func firstNotes(v any) int {
	switch v := v.(type) {
	case *Map:
		return len(v.entries[0].notes)
	case *List:
		return len(v.entries[0].notes)
	}
	return 0
}

// flow prints a value on one line.
func flow(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return Scalar(v)
	case Block:
		return Scalar(string(v))
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case Flow:
		return flow(v.Value)
	case Alias:
		return "*" + string(v)
	case []string:
		parts := make([]string, len(v))
		for i, s := range v {
			parts[i] = Scalar(s)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *List:
		parts := make([]string, len(v.entries))
		for i, e := range v.entries {
			parts[i] = flow(e.value)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *Map:
		parts := make([]string, len(v.entries))
		for i, e := range v.entries {
			parts[i] = e.keyText() + ": " + flow(e.value)
			if len(e.keyText()) >= longestKey {
				parts[i] = "? " + parts[i]
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	panic(fmt.Sprintf("yamlout: a %T is no value", v))
}

// Extend appends all entries of another mapping.
func (m *Map) Extend(other *Map) *Map {
	m.entries = append(m.entries, other.entries...)
	return m
}

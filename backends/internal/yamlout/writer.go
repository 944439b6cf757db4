package yamlout

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

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
			if e.gap && !w.afterGap() {
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

// afterGap reports whether there is an empty line already: a literal block that ends in some, to which another one would
// belong.
func (w *writer) afterGap() bool { return bytes.HasSuffix(w.Bytes(), []byte("\n\n")) }

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
	panic(fmt.Sprintf("yamlout: a %T is not a value", v))
}

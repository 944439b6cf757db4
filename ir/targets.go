package ir

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/ir/diag"
)

// CodeTargetValue is the code of a wrong value in a step's settings for a target.
const CodeTargetValue = "RR0333"

// TargetSettings are what a step itself asks of one target, which alone knows what they mean (SEMANTICS 1).
type TargetSettings struct {
	Target   string
	Span     diag.Span // the target's name
	Settings string    // a JSON object; [Check] sorts its keys
	Places   []SettingPlace
}

// SettingPlace says where a key of the settings, or an item of a list in them, was written.
type SettingPlace struct {
	Pointer string // a JSON pointer
	Span    diag.Span
}

// At returns the place of what a JSON pointer names, or of the nearest thing around it that has one.
func (t *TargetSettings) At(pointer string) diag.Span {
	for ; pointer != ""; pointer = pointer[:strings.LastIndexByte(pointer, '/')] {
		i := slices.IndexFunc(t.Places, func(p SettingPlace) bool { return p.Pointer == pointer })
		if i >= 0 && !t.Places[i].Span.IsZero() {
			return t.Places[i].Span
		}
	}
	return t.Span
}

// layOut makes a place for each key and item, of which it may not be known where it was written.
func (t *TargetSettings) layOut() {
	var value any
	if t.Places != nil || json.Unmarshal([]byte(t.Settings), &value) != nil {
		return
	}
	t.Places = []SettingPlace{}
	var walk func(at string, value any)
	walk = func(at string, value any) {
		if at != "" {
			t.Places = append(t.Places, SettingPlace{Pointer: at})
		}
		switch value := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(value)) {
				walk(at+"/"+PointerKey(key), value[key])
			}
		case []any:
			for i, item := range value {
				walk(at+"/"+strconv.Itoa(i), item)
			}
		}
	}
	walk("", value)
}

// PointerKey is a key as a JSON pointer has it.
func PointerKey(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }

// sortedJSON returns a JSON value in compact form with its keys sorted, so that it is the same text from each language.
func sortedJSON(text string) (string, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return "", err
	}
	if _, ok := value.(map[string]any); !ok || d.More() {
		return "", fmt.Errorf("it is no mapping")
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return "", err
	}
	return CompactJSON(b.String())
}

// targets reports targets that a step has settings for twice, and brings the settings into one form.
func (c *checker) targets(b *Common) {
	for i := range b.Targets {
		t := &b.Targets[i]
		if first := slices.IndexFunc(b.Targets[:i], func(other TargetSettings) bool { return other.Target == t.Target }); first >= 0 {
			c.list.Add(diag.Errorf(CodeTargetValue, cmp.Or(t.Span, b.Span), "%q has settings for the target %q twice", b.Name, t.Target).With(b.Targets[first].Span, "first here"))
		}
		text, err := sortedJSON(t.Settings)
		if err != nil {
			c.errorf(CodeTargetValue, cmp.Or(t.Span, b.Span), "the settings of %q for the target %q cannot be read: %v", b.Name, t.Target, err)
			continue
		}
		t.Settings = text
	}
}

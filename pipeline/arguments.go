package pipeline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/surrogates"
	"github.com/runnable-render/runnable-render/plugin"
)

// arguments gives parameters to the fields of a function's argument.
type arguments struct {
	request *plugin.TaskRequest
	inputs  map[string]plugin.TaskInput
	need    []string
	used    []string
}

// sources are the parameters that a field takes its value from.
func (a *arguments) sources(f field) []string {
	if in, bound := a.inputs[f.name]; bound {
		return in.From
	}
	return []string{f.name}
}

// want remembers which large parameters have to be asked for.
func (a *arguments) want(f field) {
	for _, name := range a.sources(f) {
		_, here := a.request.Files[name]
		if !here && slices.Contains(a.request.Large, name) && !slices.Contains(a.need, name) {
			a.need = append(a.need, name)
		}
	}
}

// read fills the argument of the function.
func (a *arguments) read(f *function, into reflect.Value) error {
	for _, field := range f.in.fields {
		text, found, err := a.value(field)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		target := into.FieldByIndex(field.index)
		if err := decode(text, target); err != nil {
			return dataFailure("parameter %q does not fit %s of type %s: %v", strings.Join(a.sources(field), ", "), field.place, target.Type(), err)
		}
	}
	return nil
}

// value is the JSON text for a field.
func (a *arguments) value(f field) (text []byte, found bool, err error) {
	in, bound := a.inputs[f.name]
	switch {
	case !bound:
		return a.parameter(f.name, f)
	case len(in.From) == 0 && !in.List:
		return in.Value, true, nil
	case !in.List && len(in.From) == 1:
		return a.parameter(in.From[0], f)
	}
	list := []byte{'['}
	for i, name := range in.From {
		one, found, err := a.parameter(name, field{place: f.place})
		if err != nil || !found {
			return nil, found, err
		}
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, one...)
	}
	return append(list, ']'), true, nil
}

func (a *arguments) parameter(name string, f field) (text []byte, found bool, err error) {
	if !slices.Contains(a.used, name) {
		a.used = append(a.used, name)
	}
	if text, ok := a.request.Params[name]; ok {
		return text, true, nil
	}
	if file, ok := a.request.Files[name]; ok {
		text, err := os.ReadFile(file)
		return text, true, err
	}
	switch {
	case slices.Contains(a.request.Objects, name):
		return nil, false, dataFailure("parameter %q is a pickled Python object, which a Go function cannot read; return it as json", name)
	case f.optional:
		a.used = a.used[:len(a.used)-1]
		return nil, false, nil
	}
	return nil, false, dataFailure("there is no parameter %q for %s; visible are %s", name, f.place, a.visible())
}

func (a *arguments) visible() string {
	names := slices.Concat(slices.Collect(maps.Keys(a.request.Params)), a.request.Large, a.request.Objects)
	slices.Sort(names)
	if len(names) == 0 {
		return "none"
	}
	if len(names) > 30 {
		names = append(names[:30], fmt.Sprintf("and %d more", len(names)-30))
	}
	return strings.Join(names, ", ")
}

// decode reads JSON into a field; null goes only where Go has a value for it.
func decode(text []byte, target reflect.Value) error {
	if string(bytes.TrimSpace(text)) == "null" {
		switch target.Kind() {
		case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice:
		default:
			if !reflect.PointerTo(target.Type()).Implements(reflect.TypeFor[json.Unmarshaler]()) {
				return errors.New("it is null; make the field a pointer to take that")
			}
		}
	}
	if target.Type() != reflect.TypeFor[json.RawMessage]() && surrogates.Half(text) {
		return errors.New("it holds half a surrogate pair, which no string of Go can; make the field a json.RawMessage to take that")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err := d.Decode(target.Addr().Interface())
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is more than one value")
		}
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		if wrong.Field != "" {
			return fmt.Errorf("at %s: a %s is not a %s", wrong.Field, wrong.Value, wrong.Type)
		}
		return fmt.Errorf("a %s is not a %s", wrong.Value, wrong.Type)
	}
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/plugin"
)

// Go makes a step of a declared Go function. The step is named after the function.
//
// The fields of In are the parameters that it takes, by their tag `param:"name"`, or without one by their name in snake
// case (RowCount takes row_count). The tag may say more: `param:"limit,optional"` leaves the field as it is where no
// such parameter is visible; `param:"-"` leaves it out. A struct{} takes none. Numbers in fields of type any are
// json.Number, exact at any size.
//
// A struct Out returns its fields, likewise; `param:"rows,metric"` and `param:"note,text"` give their kind. Of any other
// type the whole value is returned, under the one name that [TaskStep.Returns] gives; struct{} returns nothing.
//
// The function runs in a process of its own. It may print: that is the step's log. An error, a panic, os.Exit and the
// step's time limit fail the attempt; the context is done when the run is stopped or the time is up.
//
// [Go1] to [Go4] are for functions of plain parameters.
func Go[In, Out any](f func(context.Context, In) (Out, error)) *TaskStep {
	code := reflect.ValueOf(f).Pointer()
	name, declared := functionName(code)
	t := newFunction(name, code, f, here())
	if !declared {
		t.problem(here(), "the function has no name of its own to be called by; give it one with GoNamed")
	}
	return t
}

// GoNamed is [Go] for functions without a name of their own, such as closures; the name must be the same whenever the
// program runs.
func GoNamed[In, Out any](name string, f func(context.Context, In) (Out, error)) *TaskStep {
	return newFunction(name, reflect.ValueOf(f).Pointer(), f, here())
}

func newFunction[In, Out any](name string, code uintptr, f func(context.Context, In) (Out, error), at diag.Span) *TaskStep {
	t := newTask(lastPart(name), &ir.GoFunc{Function: name}, at)
	in, err := bindings(reflect.TypeFor[In](), true)
	if err != nil {
		t.problem(at, "the argument of %s: %v", name, err)
	}
	out, err := bindings(reflect.TypeFor[Out](), false)
	if err != nil {
		t.problem(at, "the result of %s: %v", name, err)
	}
	t.function = &function{name: name, code: code, in: in, out: out, result: reflect.TypeFor[Out]()}
	t.function.call = func(ctx context.Context, read func(reflect.Value) error) (reflect.Value, error) {
		var argument In
		if err := read(reflect.ValueOf(&argument).Elem()); err != nil {
			return reflect.Value{}, err
		}
		result, err := f(ctx, argument)
		return reflect.ValueOf(&result).Elem(), err
	}
	if out.fields != nil {
		for _, field := range out.fields {
			t.task.Returns = append(t.task.Returns, ir.Return{Name: field.name, Kind: field.kind, Span: at})
		}
	}
	return t
}

// functionName is what the function is called by: its name, with that of its package unless that is main.
func functionName(code uintptr) (name string, declared bool) {
	name = runtime.FuncForPC(code).Name()
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.TrimSuffix(name, "-fm") // a method of a value
	name = strings.TrimPrefix(name, "main.")
	name = strings.NewReplacer("(*", "", ")", "").Replace(name)
	last := lastPart(name)
	closure := strings.HasPrefix(last, "func") && strings.Trim(last[4:], "0123456789") == "" || strings.Trim(last, "0123456789") == ""
	return name, !closure && !strings.ContainsAny(name, "[]") && !strings.Contains(name, "glob..")
}

// function is a Go function as a step.
type function struct {
	name   string
	code   uintptr
	in     binding
	out    binding
	result reflect.Type
	call   func(ctx context.Context, read func(reflect.Value) error) (reflect.Value, error)
}

// binding is the fields of a struct type; fields is nil when it is another type.
type binding struct{ fields []field }

// field is a field of a struct by the name of its parameter.
type field struct {
	name     string
	kind     ir.ValueKind
	optional bool
	index    []int
	place    string // in the function, for messages
}

var marshaler = reflect.TypeFor[json.Marshaler]()

// bindings reads the fields and tags of a type.
func bindings(t reflect.Type, argument bool) (binding, error) {
	if t.Kind() != reflect.Struct || !argument && (t.Implements(marshaler) || reflect.PointerTo(t).Implements(marshaler)) {
		if argument {
			return binding{}, fmt.Errorf("want a struct whose fields are the parameters, got %s", t)
		}
		return binding{}, nil
	}
	b := binding{fields: []field{}}
	seen := map[string]string{}
	for _, f := range reflect.VisibleFields(t) {
		one, use, err := fieldOf(f, argument)
		if err != nil {
			return binding{}, fmt.Errorf("field %s of %s: %w", f.Name, t, err)
		}
		if !use {
			continue
		}
		if other, twice := seen[one.name]; twice {
			return binding{}, fmt.Errorf("fields %s and %s of %s both have the name %q; give one of them another tag", other, f.Name, t, one.name)
		}
		seen[one.name] = f.Name
		b.fields = append(b.fields, one)
	}
	return b, nil
}

// errEmbedded is the error for an embedded pointer, which may be nil.
var errEmbedded = errors.New("a pointer cannot be embedded here; embed the struct, or name the field")

// fieldOf reads one field; use is false when it stands for no parameter.
func fieldOf(f reflect.StructField, argument bool) (one field, use bool, err error) {
	tag, tagged := f.Tag.Lookup("param")
	switch {
	case tag == "-":
		return field{}, false, nil
	case f.Anonymous && !tagged && f.Type.Kind() == reflect.Pointer:
		return field{}, false, errEmbedded
	case f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct:
		return field{}, false, nil // its own fields follow
	case !f.IsExported():
		if tagged {
			return field{}, false, fmt.Errorf("it has a tag but is not exported; begin its name with a capital")
		}
		return field{}, false, nil
	}
	words := strings.Split(tag, ",")
	one = field{name: words[0], kind: ir.JSON, index: f.Index, place: "field " + f.Name}
	if one.name == "" {
		one.name = snake(f.Name)
	}
	for _, word := range words[1:] {
		switch {
		case word == "optional" && argument:
			one.optional = true
		case (word == string(ir.Metric) || word == string(ir.Text) || word == string(ir.JSON)) && !argument:
			one.kind = ir.ValueKind(word)
		default:
			want := "optional"
			if !argument {
				want = "json, text or metric"
			}
			return field{}, false, fmt.Errorf("%q in its tag is unknown; want %s", word, want)
		}
	}
	return one, true, nil
}

// snake writes a Go name in snake case: RowCount is row_count, UserID is user_id.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	upper := func(i int) bool { return i < len(runes) && runes[i] >= 'A' && runes[i] <= 'Z' }
	lower := func(i int) bool { return i < len(runes) && runes[i] >= 'a' && runes[i] <= 'z' }
	for i := range runes {
		if upper(i) && i > 0 && (!upper(i-1) || lower(i+1)) && runes[i-1] != '_' {
			b.WriteByte('_')
		}
		b.WriteString(strings.ToLower(string(runes[i])))
	}
	return b.String()
}

// checkReturns looks at the names that a step says its function returns.
func (f *function) checkReturns(t *TaskStep) (list diag.List) {
	if f.out.fields == nil {
		if len(t.task.Returns) != 1 && len(t.problems) == 0 {
			list.Add(diag.Errorf(codeDefinition, t.common.Span,
				"%s returns one value of type %s, for which the step has %d names; give it one with Returns, or return a struct (struct{} for nothing)", f.name, f.result, len(t.task.Returns)))
		}
		return list
	}
	for _, r := range t.task.Returns {
		name := r.Name
		if r.Key != "" {
			name = r.Key
		}
		if f.out.find(name) == nil {
			list.Add(diag.Errorf(codeDefinition, r.Span, "%s returns no %q; %s has %s", f.name, name, f.result, f.out.list()))
		}
	}
	return list
}

func (b binding) find(name string) *field {
	for i := range b.fields {
		if b.fields[i].name == name {
			return &b.fields[i]
		}
	}
	return nil
}

func (b binding) list() string {
	names := make([]string, len(b.fields))
	for i, f := range b.fields {
		names[i] = f.name
	}
	if len(names) == 0 {
		return "no fields"
	}
	return strings.Join(names, ", ")
}

// run calls the function with what the request gives it.
func (f *function) run(ctx context.Context, r *plugin.TaskRequest) (*plugin.TaskAnswer, error) {
	args := &arguments{request: r, inputs: map[string]plugin.TaskInput{}}
	for _, in := range r.Inputs {
		args.inputs[in.Arg] = in
	}
	for _, field := range f.in.fields {
		args.want(field)
	}
	if len(args.need) > 0 {
		return &plugin.TaskAnswer{Need: args.need}, nil
	}
	for arg := range args.inputs {
		if f.in.find(arg) == nil {
			return nil, dataFailure("%s has no argument %q; it has %s", f.name, arg, f.in.list())
		}
	}
	result, err := f.call(ctx, func(into reflect.Value) error { return args.read(f, into) })
	a := &plugin.TaskAnswer{Used: args.used}
	if err != nil {
		return a, err
	}
	a.Returns, err = f.returned(result, r.Returns)
	return a, err
}

// returned writes what the function returned under the names that the step asks for.
func (f *function) returned(result reflect.Value, returns []plugin.TaskReturn) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	for _, r := range returns {
		value, err := f.one(result, r, len(returns))
		if err != nil {
			return nil, err
		}
		text, err := jsonText(value)
		if err != nil {
			return nil, dataFailure("return %q cannot be written as JSON: %v", r.Name, err)
		}
		out[r.Name] = json.RawMessage(text)
	}
	return out, nil
}

func (f *function) one(result reflect.Value, r plugin.TaskReturn, names int) (any, error) {
	key := r.Key
	if key == "" {
		key = r.Name
	}
	switch {
	case f.out.fields != nil:
		field := f.out.find(key)
		if field == nil {
			return nil, dataFailure("%s returns no %q; %s has %s", f.name, key, f.result, f.out.list())
		}
		return result.FieldByIndex(field.index).Interface(), nil
	case r.Key == "" && names == 1:
		return result.Interface(), nil
	case result.Kind() == reflect.Map && result.Type().Key().Kind() == reflect.String:
		v := result.MapIndex(reflect.ValueOf(key).Convert(result.Type().Key()))
		if !v.IsValid() {
			return nil, dataFailure("%s returned a map without the key %q", f.name, key)
		}
		return v.Interface(), nil
	}
	return nil, dataFailure("%s returns one value of type %s, and the step asks for %d; return a struct", f.name, f.result, names)
}

func dataFailure(format string, args ...any) error {
	return &plugin.TaskFailure{Kind: "data", Message: fmt.Sprintf(format, args...)}
}

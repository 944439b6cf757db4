package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// FileContent is the type of a field of [Pipeline.Parameters] whose parameter is a file: it is given as a path, and what
// stands in the file is what steps get. The field's value is the path of the default.
type FileContent string

// Parameters declares the initial parameters that the pipeline takes, by the fields of a struct: their names, as those of
// a function's argument ([Go]), their types, and their values, which count where none is given. A pointer that is nil stands
// for null.
//
//	pipeline.New("train", …).Parameters(struct {
//		Rate    float64 `help:"of learning" minimum:"0" maximum:"1"`
//		Version string  `param:"version,required"`
//		Mode    string  `choices:"fast,exact"`
//	}{Rate: 0.1, Mode: "fast"})
//
// A choice or bound is written as the value is on the command line.
func (p *Pipeline) Parameters(fields any) *Pipeline {
	at := here()
	problem := func(format string, args ...any) {
		p.problems.Add(diag.Errorf(codeDefinition, at, "Parameters: "+format, args...))
	}
	v := reflect.ValueOf(fields)
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		problem("want a struct whose fields are the parameters, got %T", fields)
		return p
	}
	for _, f := range reflect.VisibleFields(v.Type()) {
		one, use, err := declaredField(f, v)
		if err != nil {
			problem("field %s: %v", f.Name, err)
			if errors.Is(err, errEmbedded) {
				return p // what it holds follows
			}
		} else if use {
			one.Span = at
			p.parameters = append(p.parameters, one)
		}
	}
	return p
}

// declaredField makes a declaration of a field; use is false when it stands for no parameter.
func declaredField(f reflect.StructField, v reflect.Value) (one ir.Parameter, use bool, err error) {
	tag := f.Tag.Get("param")
	name, required := strings.CutSuffix(tag, ",required")
	if word, rest, more := strings.Cut(name, ","); more {
		return one, false, fmt.Errorf("%q in the tag of %q is unknown; want required", rest, word)
	}
	switch {
	case f.Anonymous && tag == "" && f.Type.Kind() == reflect.Pointer:
		return one, false, errEmbedded
	case tag == "-", f.Anonymous && f.Type.Kind() == reflect.Struct, !f.IsExported() && tag == "":
		return one, false, nil
	case !f.IsExported():
		return one, false, fmt.Errorf("it has a tag but is not exported; begin its name with a capital")
	case name == "":
		name = snake(f.Name)
	}
	one = ir.Parameter{Name: name, Help: f.Tag.Get("help"), Required: required, Minimum: f.Tag.Get("minimum"), Maximum: f.Tag.Get("maximum")}
	if one.Type, err = parameterType(f.Type); err != nil {
		return one, false, err
	}
	if !required {
		text, err := json.Marshal(emptied(v.FieldByIndex(f.Index)).Interface())
		if err != nil {
			return one, false, err
		}
		one.Default = string(text)
	}
	if choices := f.Tag.Get("choices"); choices != "" {
		for choice := range strings.SplitSeq(choices, ",") {
			one.Choices = append(one.Choices, one.FromText(choice))
		}
	}
	return one, true, nil
}

// emptied is a value in which an empty list or mapping stands for one that is nil, which JSON would write as null.
func emptied(v reflect.Value) reflect.Value {
	switch {
	case v.Kind() == reflect.Slice && v.IsNil():
		return reflect.MakeSlice(v.Type(), 0, 0)
	case v.Kind() == reflect.Map && v.IsNil():
		return reflect.MakeMap(v.Type())
	}
	return v
}

func parameterType(t reflect.Type) (ir.ParameterType, error) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		if t == reflect.TypeFor[FileContent]() {
			return ir.FileType, nil
		}
		return ir.StrType, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return ir.IntType, nil
	case reflect.Float32, reflect.Float64:
		return ir.FloatType, nil
	case reflect.Bool:
		return ir.BoolType, nil
	case reflect.Slice, reflect.Array:
		return ir.ListType, nil
	case reflect.Map, reflect.Struct:
		return ir.ObjectType, nil
	default:
		return "", fmt.Errorf("no parameter is a %s; want a string, FileContent, number, bool, slice, map or struct", t)
	}
}

package target

import (
	"reflect"
	"strings"
)

// Schema is the JSON schema of a target's section of the configuration; nil: its options have no keys there.
func Schema(options any) map[string]any {
	s := schemaOf(structOf(options).Type(), Option{})
	if len(s["properties"].(map[string]any)) == 0 {
		return nil
	}
	return s
}

func schemaOf(t reflect.Type, o Option) map[string]any {
	out := map[string]any{}
	if o.Help != "" {
		out["description"] = o.Help
	}
	if t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(reflect.TypeFor[Short]()) {
		o.Help = ""
		out["anyOf"] = []map[string]any{wholeSchema(t, o), {"type": []string{"string", "number", "array"}}}
		return out
	}
	for key, value := range wholeSchema(t, o) {
		out[key] = value
	}
	return out
}

// wholeSchema is the schema of what is no short form.
func wholeSchema(t reflect.Type, o Option) map[string]any {
	out := map[string]any{}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), o)
	case reflect.Bool:
		out["type"] = "boolean"
	case reflect.Int:
		out["type"] = "integer"
	case reflect.String:
		out["type"] = []string{"string", "number", "boolean"}
		if words := o.Words(); words != nil {
			delete(out, "type")
			out["enum"] = words
		}
	case reflect.Slice:
		out["type"], out["items"] = "array", schemaOf(t.Elem(), Option{Is: o.Is})
	case reflect.Map:
		out["type"], out["additionalProperties"] = "object", schemaOf(t.Elem(), Option{Is: o.Is})
	case reflect.Struct:
		if t == reflect.TypeFor[Raw]() {
			return out
		}
		properties := map[string]any{}
		for _, field := range optionsIn(t, nil) {
			if field.Key != "" && field.Refused == "" {
				properties[field.Key] = schemaOf(field.Type, field)
				properties[camel(field.Key)] = properties[field.Key]
			}
		}
		out["type"], out["properties"], out["additionalProperties"] = []string{"object", "null"}, properties, false
	}
	return out
}

// camel is a key in the other spelling that [Decode] takes.
func camel(key string) string {
	words := strings.Split(key, "_")
	for i, w := range words[1:] {
		if w != "" {
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}

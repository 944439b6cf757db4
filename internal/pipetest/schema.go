package pipetest

import (
	"bytes"
	"encoding/json"

	"github.com/runnable-render/runnable-render/ir"
)

type object = map[string]any

func ref(name string) object { return object{"$ref": "#/definitions/" + name} }

// Schema returns the JSON schema (draft-07) of test files, made from the tables that the reader goes by.
func Schema() []byte {
	doc := mappingSchema(fileTable())
	doc["$schema"] = "http://json-schema.org/draft-07/schema#"
	doc["title"] = "runnable-render tests of a pipeline"
	doc["patternProperties"] = object{"^x-": object{}}
	doc["definitions"] = definitions()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		panic("pipetest: the schema has no JSON form: " + err.Error()) // it is made of maps, lists and text
	}
	return b.Bytes()
}

func mappingSchema(t table) object {
	properties := object{}
	var required []string
	for _, k := range t.keys {
		properties[k.name] = object{"description": k.doc, "allOf": []object{ref(k.shape)}}
		if k.required {
			required = append(required, k.name)
		}
	}
	s := object{"type": "object", "description": t.doc, "properties": properties, "additionalProperties": false}
	if required != nil {
		s["required"] = required
	}
	return s
}

// definitions are the shapes that the tables name, and one mapping for each table.
func definitions() object {
	list := func(of string) object { return object{"type": "array", "items": ref(of)} }
	byName := func(of string) object { return object{"type": "object", "additionalProperties": ref(of)} }
	either := func(of ...string) object {
		var out []object
		for _, name := range of {
			out = append(out, ref(name))
		}
		return object{"oneOf": out}
	}
	defs := object{
		"name":         object{"type": "string", "minLength": 1},
		"names":        list("name"),
		"text":         object{"type": "string"},
		"optionalText": object{"type": []string{"string", "null"}},
		"positive":     object{"type": "integer", "minimum": 1, "maximum": maxCount},
		"exitCode":     object{"type": "integer", "minimum": 1, "maximum": 255},
		"duration": object{"oneOf": []object{
			{"type": "number", "minimum": 0, "maximum": ir.MaxDuration.Seconds()},
			{"type": "string", "pattern": `^\+?([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$`, "examples": []string{"30s", "5m", "1h30m"}},
		}},
		"failureKind":   object{"enum": failureKinds()},
		"runStatus":     object{"enum": statuses()},
		"stepStatus":    object{"enum": statuses()},
		"values":        object{"type": "object"},
		"contents":      byName("optionalText"),
		"expectedFiles": byName("optionalText"),
		"fails":         either("failureKind", "exitCode", "failure"),
		"answers":       object{"type": "array", "minItems": 1, "items": ref("answer")},
		"each":          object{"type": "array", "minItems": 1, "items": ref("item")},
		"mocks":         byName("mock"),
		"cases":         object{"type": "object", "minProperties": 1, "additionalProperties": ref("case")},
		"expectedSteps": byName("expectedStepOrStatus"),
	}
	defs["expectedStepOrStatus"] = either("stepStatus", "expectedStep")
	for _, t := range []table{caseTable(), mockTable(), answerTable(), itemTable(), failureTable(), expectTable(), stepTable()} {
		defs[t.kind] = mappingSchema(t)
	}
	return defs
}

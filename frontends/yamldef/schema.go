package yamldef

import (
	"bytes"
	"encoding/json"

	"github.com/runnable-render/runnable-render/ir"
)

// Schema returns the JSON schema (draft-07, which every editor knows) of YAML definitions. It is made from the tables
// that the parser allows keys by; targets are the schemas of the settings that a step has for a target.
func Schema(targets map[string]any) []byte {
	doc := object{
		"$schema":     "http://json-schema.org/draft-07/schema#",
		"title":       "runnable-render pipeline",
		"description": "A pipeline in YAML. Other top-level keys are free; YAML anchors live there.",
		"type":        "object",
		"properties":  object{"dag": ref("dag")},
		"required":    []string{"dag"},
		"definitions": definitions(targets),
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		panic("yamldef: the schema has no JSON form: " + err.Error()) // it is made of maps, lists and text
	}
	return b.Bytes()
}

type object = map[string]any

func ref(name string) object { return object{"$ref": "#/definitions/" + name} }

// definitions are the shapes that the tables name, and one mapping for each table.
func definitions(targets object) object {
	defs := object{
		"name":          object{"type": "string", "minLength": 1},
		"text":          object{"type": "string"},
		"optionalText":  object{"type": []string{"string", "null"}},
		"boolean":       object{"type": "boolean"},
		"count":         object{"type": "integer", "minimum": 0, "maximum": maxCount},
		"pods":          object{"enum": []string{ir.OnePod}},
		"policy":        object{"enum": []string{ir.PolicyAllow, ir.PolicyForbid, ir.PolicyReplace}},
		"conflict":      object{"enum": []string{ir.ConflictWait, ir.ConflictFail, ir.ConflictCancel}},
		"positive":      object{"type": "integer", "minimum": 1, "maximum": maxCount},
		"names":         object{"type": "array", "items": ref("name")},
		"any":           object{},
		"anyList":       object{"type": "array", "minItems": 1},
		"number":        object{"type": "number"},
		"parameters":    object{"type": []string{"object", "null"}, "additionalProperties": ref("parameter")},
		"parameterType": object{"enum": ir.ParameterTypes()},
		"object":        object{"type": []string{"object", "null"}},
		"type":          object{"enum": stepKinds()},
		"commandType":   object{"type": "string", "minLength": 1, "examples": ir.CommandTypes()},
		"valueKind":     object{"enum": []string{"json", "text", "metric", "object"}},
		"duration": object{"oneOf": []object{
			{"type": "number", "exclusiveMinimum": 0, "maximum": ir.MaxDuration.Seconds()},
			{"type": "string", "pattern": `^\+?([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$`, "examples": []string{"30s", "5m", "1h30m"}},
		}},
		"factor": object{"type": "number", "minimum": 1, "maximum": 1_000_000},
		"quantity": object{"oneOf": []object{
			{"type": "number", "minimum": 0},
			{"type": "string", "pattern": quantityForm.String()},
		}},
		"gpu": object{"oneOf": []object{
			{"type": "integer", "minimum": 0},
			{"type": "string", "pattern": "^[0-9]+$"},
		}},
		"extended":  object{"type": "object", "additionalProperties": ref("gpu"), "propertyNames": object{"pattern": "/"}},
		"env":       object{"type": "object", "additionalProperties": object{"type": []string{"string", "number", "boolean", "null"}}, "propertyNames": object{"pattern": "^[^=]+$"}},
		"overrides": object{"type": "object", "additionalProperties": ref("name")},
		"targets":   object{"type": "object", "properties": targets, "additionalProperties": object{"type": "object"}},
		"returns":   object{"type": "array", "items": object{"oneOf": []object{ref("name"), ref("return")}}},
		"inputs": object{"type": "object", "additionalProperties": object{
			"oneOf": []object{ref("name"), ref("names"), ref("input")},
		}},
		"bindings": object{"oneOf": []object{ref("names"), ref("inputs")}},
		"results":  object{"type": "array", "items": object{"oneOf": []object{ref("name"), ref("result")}}},
		"retryOn": object{"type": "array", "items": object{"oneOf": []object{
			{"enum": []string{"error", "timeout", "oom"}},
			{"type": "integer", "minimum": 1, "maximum": 255},
		}}},
		"steps":    object{"type": "object", "additionalProperties": ref("step")},
		"branches": object{"type": "object", "minProperties": 1, "additionalProperties": ref("graph")},
		"default":  object{"oneOf": []object{ref("graph"), ref("name"), {"type": "null"}}},
		"step":     stepSchema(),
		"schedules": object{"oneOf": []object{
			ref("text"), ref("schedule"), {"type": "array", "items": object{"oneOf": []object{ref("text"), ref("schedule")}}},
		}},
		"events":  object{"oneOf": []object{ref("event"), {"type": "array", "items": ref("event")}}},
		"payload": object{"type": "object", "additionalProperties": ref("name")},
		"hooks": object{"oneOf": []object{
			ref("text"), ref("hook"), {"type": "null"}, {"type": "array", "items": object{"oneOf": []object{ref("text"), ref("hook")}}},
		}},
	}
	for _, t := range stepTables() {
		defs[t.kind] = mappingSchema(t)
	}
	for _, t := range []table{dagTable(), graphTable(), returnTable(), resultTable(), retryTable(), backoffTable(), resourcesTable(), literalTable(), hookTable(), parameterTable(), concurrencyTable(), scheduleTable(), eventTable()} {
		defs[t.kind] = mappingSchema(t)
	}
	catalog := mappingSchema(catalogTable())
	catalog["type"] = []string{"object", "null"}
	defs["catalog"] = catalog
	defs["terminal"] = object{"type": "object", "properties": object{"type": object{"enum": []string{"success", "fail"}}}, "additionalProperties": false}
	return defs
}

// mappingSchema is the schema of a mapping that takes the keys of a table. Graphs and stubs ignore other keys, and a
// task whose command type is not built in hands them to its plugin.
func mappingSchema(t table) object {
	properties := object{}
	var required []string
	var either []object // of which one holds
	for _, k := range t.keys() {
		properties[k.Name] = object{"description": k.Doc, "allOf": []object{ref(k.Shape)}}
		switch instead := ir.Instead(k.Name); {
		case k.Required && instead != "" && len(kindsWith(instead)) > 0:
			either = []object{{"required": []string{k.Name}}, {"required": []string{instead}}}
		case k.Required:
			required = append(required, k.Name)
		}
	}
	out := object{"type": "object", "description": t.doc, "properties": properties}
	if either != nil {
		out["oneOf"] = either
	}
	if required != nil {
		out["required"] = required
	}
	switch t.kind {
	case "dag", "graph", "stub":
	case "task":
		names := object{}
		for _, name := range t.names() {
			names[name] = true
		}
		builtIn := object{"properties": object{"command_type": object{"enum": ir.CommandTypes()}}}
		out["if"] = builtIn
		out["then"] = object{"properties": names, "additionalProperties": false}
	default:
		out["additionalProperties"] = false
	}
	return out
}

// stepSchema chooses the schema of a step by its type, so that an editor complains about the right one.
func stepSchema() object {
	var choices []object
	add := func(kind, schema string) {
		choices = append(choices, object{
			"if":   object{"properties": object{"type": object{"const": kind}}, "required": []string{"type"}},
			"then": ref(schema),
		})
	}
	for _, t := range stepTables() {
		add(t.kind, t.kind)
	}
	add("success", "terminal")
	add("fail", "terminal")
	return object{"type": "object", "required": []string{"type"}, "properties": object{"type": ref("type")}, "allOf": choices}
}

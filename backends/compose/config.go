package compose

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// settingKeys are the keys of settings in the configuration's section `compose:`.
var settingKeys = []string{"image", "env", "resources", "pull_policy"}

// DecodeConfig reads the section `compose:` of the configuration: settings for every step, and under `overrides:`
// settings by the key that a step's own `overrides:` names. text is the section as JSON, at the place in the file of a
// JSON pointer into it. Every unknown key and every value of a wrong kind is an error.
func DecodeConfig(text []byte, at func(pointer string) diag.Span) (defaults Settings, overrides map[string]Settings, list diag.List) {
	d := &configDecoder{at: at}
	if len(text) == 0 {
		return Settings{}, nil, nil
	}
	fields := d.mapping(text, "", append(slices.Clone(settingKeys), "overrides"))
	named := fields["overrides"]
	delete(fields, "overrides")
	defaults = d.settings(fields, "")
	overrides = map[string]Settings{}
	each := d.mapping(named, "/overrides", nil)
	for _, key := range slices.Sorted(maps.Keys(each)) {
		p := "/overrides/" + pointerKey(key)
		overrides[key] = d.settings(d.mapping(each[key], p, settingKeys), p)
	}
	return defaults, overrides, d.list
}

type configDecoder struct {
	at   func(pointer string) diag.Span
	list diag.List
}

func pointerKey(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }

func (d *configDecoder) wrong(pointer, format string, args ...any) {
	d.list.Add(diag.Errorf(codeConfig, d.at(pointer), "compose: "+format, args...))
}

// mapping reads a mapping; with known keys, others are errors.
func (d *configDecoder) mapping(text json.RawMessage, pointer string, known []string) map[string]json.RawMessage {
	if len(text) == 0 || string(text) == "null" {
		return nil
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(text, &m); err != nil {
		d.wrong(pointer, "%s must be a mapping", lastKey(pointer))
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if known != nil && !slices.Contains(known, key) {
			d.wrong(pointer+"/"+pointerKey(key), "unknown key %q in %s%s; known are %s", key, lastKey(pointer), diag.DidYouMean(key, known), strings.Join(known, ", "))
		}
	}
	return m
}

func lastKey(pointer string) string {
	if pointer == "" {
		return "compose"
	}
	return pointer[strings.LastIndexByte(pointer, '/')+1:]
}

func (d *configDecoder) settings(m map[string]json.RawMessage, pointer string) Settings {
	s := Settings{Image: d.text(m, "image", pointer), PullPolicy: d.text(m, "pull_policy", pointer)}
	if s.PullPolicy != "" && !slices.Contains([]string{"always", "never", "missing", "build"}, s.PullPolicy) {
		d.wrong(pointer+"/pull_policy", "pull_policy %q: want always, never, missing or build", s.PullPolicy)
	}
	env := d.mapping(m["env"], pointer+"/env", nil)
	for _, name := range slices.Sorted(maps.Keys(env)) {
		switch at := pointer + "/env/" + pointerKey(name); {
		case !ir.ValidEnvName(name):
			d.wrong(at, "%q is the name of no variable", name)
		case runnerenv.Sets(name):
			d.wrong(at, "%s is a variable that the runner in a container reads; choose another name", name)
		}
		s.Env = append(s.Env, ir.EnvVar{Name: name, Value: d.text(env, name, pointer+"/env")})
	}
	r := d.mapping(m["resources"], pointer+"/resources", []string{"cpu", "memory", "gpu"})
	s.Resources = ir.Resources{CPU: d.text(r, "cpu", pointer+"/resources"), Memory: d.text(r, "memory", pointer+"/resources"), GPU: d.text(r, "gpu", pointer+"/resources")}
	for _, a := range []struct{ what, text string }{{"cpu", s.Resources.CPU}, {"memory", s.Resources.Memory}} {
		if why := ir.Implausible(a.what, a.text); why != "" {
			d.wrong(pointer+"/resources/"+a.what, "%s %s %s", a.what, a.text, why)
		}
	}
	return s
}

// text reads a string, a number or a truth value as it is written.
func (d *configDecoder) text(m map[string]json.RawMessage, key, pointer string) string {
	raw := m[key]
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var s string
	switch {
	case raw[0] == '{' || raw[0] == '[':
		d.wrong(pointer+"/"+pointerKey(key), "%s must be a text", key)
	case json.Unmarshal(raw, &s) != nil:
		s = string(raw)
	}
	return s
}

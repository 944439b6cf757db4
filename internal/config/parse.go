package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// parser walks the document.
type parser struct {
	r        *yaml12.Reader
	cfg      *Config
	sections Sections
	store    *place // of store:
	runLog   *place // of run-log-store
	catalog  *place
}

func (p *parser) errorf(code string, span diag.Span, format string, args ...any) {
	p.r.Diags.Add(diag.Errorf(code, span, format, args...))
}

func (p *parser) warnf(code string, span diag.Span, format string, args ...any) {
	p.r.Diags.Add(diag.Warningf(code, span, format, args...))
}

// topKeys are the keys of the file, in the order in which an error lists them.
func (p *parser) topKeys() []string {
	return slices.Concat(textKeys(), p.sections.Names, serviceKeys())
}

func textKeys() []string {
	return []string{"store", "image", "runner-image", "namespace", "service-account", "python", "ignore"}
}

func serviceKeys() []string {
	return []string{"pipeline-executor", "job-executor", "run-log-store", "catalog", "secrets", "pickler"}
}

// Schema is the JSON schema of the file, with those of its sections of targets.
func Schema(sections map[string]map[string]any) map[string]any {
	properties := map[string]any{}
	add := func(key string, schema map[string]any) {
		properties[key], properties[strings.ReplaceAll(key, "-", "_")] = schema, schema
	}
	for _, key := range textKeys() {
		add(key, map[string]any{"type": []string{"string", "number"}})
	}
	for _, key := range serviceKeys() {
		add(key, map[string]any{"type": "object", "required": []string{"type"}, "properties": map[string]any{"type": map[string]any{"type": "string"}}})
	}
	properties["python"] = map[string]any{"type": []string{"string", "number", "object"}}
	properties["ignore"] = map[string]any{"type": "array", "items": map[string]any{"type": "string"}}
	for name, schema := range sections {
		properties[name] = schema
	}
	return map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "configuration of runnable-render", "type": []string{"object", "null"},
		"properties": properties, "patternProperties": map[string]any{"^x-": true}, "additionalProperties": false,
	}
}

// legacy are keys that Runnable's documentation shows and its program ignores.
var legacy = map[string]string{
	"executor":           "the key is called pipeline-executor",
	"catalog-handler":    "the key is called catalog",
	"experiment-tracker": "there is no experiment tracker; a return of kind metric is reported",
}

func (p *parser) root(n *yaml.Node) {
	if yaml12.IsNull(n) {
		return
	}
	if yaml12.Deref(n).Kind != yaml.MappingNode {
		p.errorf(codeType, p.r.Span(n), "a configuration is a mapping of keys, but this is a %s", yaml12.KindName(n))
		return
	}
	for _, f := range p.fields(n) {
		p.top(f)
	}
}

func (p *parser) top(f field) {
	switch f.name {
	case "store":
		if s, ok := p.text(f); ok {
			p.store = &place{url: s, span: f.span}
		}
	case "image":
		p.cfg.Image, _ = p.text(f)
	case "runner-image":
		p.cfg.RunnerImage, _ = p.text(f)
	case "namespace":
		p.cfg.Namespace, _ = p.text(f)
	case "service-account":
		p.cfg.ServiceAccount, _ = p.text(f)
	case "python":
		p.python(f)
	case "ignore":
		p.cfg.Ignore = p.accepted(f)
	case "pipeline-executor":
		p.pipelineExecutor(f)
	case "job-executor":
		p.jobExecutor(f)
	case "run-log-store":
		p.runLogStore(f)
	case "catalog":
		p.catalogStore(f)
	case "secrets":
		p.secrets(f)
	case "pickler":
		if s, ok := p.service(f, []string{"pickle"}); ok {
			p.only(s)
		}
	default:
		if slices.Contains(p.sections.Names, f.given) || p.sections.Other != nil && p.sections.Other(f.given) {
			p.target(f.given, p.raw("", f.span, f.value), f.span)
			return
		}
		p.unknownTop(f)
	}
}

var pythonKeys = []string{"interpreter", "preload"}

// python is the interpreter, or a mapping with it and with the libraries that are kept in memory for steps.
func (p *parser) python(f field) {
	if yaml12.Deref(f.value).Kind != yaml.MappingNode {
		p.cfg.Python, _ = p.text(f)
		return
	}
	for _, in := range p.fields(f.value) {
		switch in.name {
		case "interpreter":
			p.cfg.Python, _ = p.text(in)
		case "preload":
			p.preload(in)
		default:
			p.errorf(codeKey, in.span, "unknown key %q in python%s%s", in.given, diag.DidYouMean(in.name, pythonKeys), orKnown(in.name, pythonKeys, ""))
		}
	}
}

func (p *parser) preload(f field) {
	n := yaml12.Deref(f.value)
	if n.Kind != yaml.SequenceNode {
		p.errorf(codeType, f.span, "preload is a list of Python libraries, as [seaborn], but this is a %s", yaml12.KindName(n))
		return
	}
	names := []string{}
	for _, e := range n.Content {
		name, ok := p.text(field{name: "preload", given: "preload", span: p.r.Span(e), value: e})
		switch {
		case !ok:
		case !library().MatchString(name):
			p.errorf(codeValue, p.r.Span(e), "%q is not the name of an importable Python library; write pandas or my_library", name)
		default:
			names = append(names, name)
		}
	}
	p.cfg.Preload = &names
}

// library is the name of a Python module at the top.
var library = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`) })

func (p *parser) unknownTop(f field) {
	if strings.HasPrefix(f.name, "x-") {
		return
	}
	if why, ok := legacy[f.name]; ok {
		p.warnf(codeNoEffect, f.span, "%q has no effect, in Runnable neither: %s", f.given, why)
		return
	}
	p.errorf(codeKey, f.span, "unknown key %q%s%s", f.given, diag.DidYouMean(f.name, p.topKeys()), orKnown(f.name, p.topKeys(), "; keys for other tools begin with x-"))
}

// orKnown says more where there is no nearest name to say.
func orKnown(name string, known []string, more string) string {
	if diag.Nearest(name, known) != "" {
		return ""
	}
	if len(known) == 0 {
		return more
	}
	return "; known are " + strings.Join(known, ", ") + more
}

// field is a key with its value.
type field struct {
	name  string // with dashes
	given string // as it was written
	span  diag.Span
	value *yaml.Node
}

// fields returns the keys of a mapping. Dashes and underscores are the same to it.
func (p *parser) fields(n *yaml.Node) []field {
	seen := map[string]field{}
	var out []field
	for _, pair := range p.r.Pairs(n) {
		f := field{strings.ReplaceAll(pair.Name, "_", "-"), pair.Name, p.r.Span(pair.Key), pair.Value}
		if first, twice := seen[f.name]; twice {
			p.r.Diags.Add(diag.Errorf(codeDuplicate, f.span, "key %q is given twice, the other time as %q; remove one", f.given, first.given).With(first.span, "the first is here"))
			continue
		}
		seen[f.name] = f
		out = append(out, f)
	}
	return out
}

// text reads a value that must be a string, and says so if it is not. A number is taken by its digits.
func (p *parser) text(f field) (string, bool) {
	n := yaml12.Deref(f.value)
	if n.Kind == yaml.ScalarNode {
		switch k := yaml12.KindOf(n); {
		case k == yaml12.String && n.Value != "", k == yaml12.Int, k == yaml12.Float:
			return n.Value, true
		case n.Value == "":
			p.errorf(codeType, f.span, "%q is empty; give it a value, or remove it", f.given)
			return "", false
		}
	}
	p.errorf(codeType, p.r.Span(f.value), "%q must be a string, but this is a %s", f.given, yaml12.KindName(n))
	return "", false
}

// accepted reads the codes of warnings.
func (p *parser) accepted(f field) []Accepted {
	n := yaml12.Deref(f.value)
	if n.Kind != yaml.SequenceNode {
		p.errorf(codeType, p.r.Span(f.value), "%q must be a list of codes such as RR0524, but this is a %s", f.given, yaml12.KindName(n))
		return nil
	}
	var out []Accepted
	for _, item := range n.Content {
		if code, ok := p.text(field{name: f.name, given: f.given, span: p.r.Span(item), value: item}); ok {
			out = append(out, Accepted{code, p.r.Span(item)})
		}
	}
	return out
}

func (p *parser) boolean(f field) *bool {
	if n := yaml12.Deref(f.value); n.Kind == yaml.ScalarNode {
		if b, err := strconv.ParseBool(strings.ToLower(n.Value)); err == nil && len(n.Value) > 1 {
			return &b
		}
	}
	p.errorf(codeType, p.r.Span(f.value), "%q must be true or false, but this is a %s", f.given, yaml12.KindName(f.value))
	return nil
}

// service is a section {type, config}: the keys of config may stand beside type instead.
type service struct {
	kind   string
	field  field
	body   *yaml.Node // the mapping that holds the keys; nil: there are none
	fields []field
}

// service reads a section whose type must be one of known.
func (p *parser) service(f field, known []string) (service, bool) {
	s := service{field: f}
	if yaml12.Deref(f.value).Kind != yaml.MappingNode {
		p.errorf(codeType, p.r.Span(f.value), "%q must be a mapping with a type, but this is a %s", f.given, yaml12.KindName(f.value))
		return s, false
	}
	var config *field
	var typed field
	for _, c := range p.fields(f.value) {
		switch c.name {
		case "type":
			typed = c
		case "config":
			config = &c
		default:
			s.fields = append(s.fields, c)
		}
	}
	if typed.value == nil {
		p.errorf(codeMissing, f.span, "%q has no type; write type: %s", f.given, strings.Join(known, " or "))
		return s, false
	}
	kind, ok := p.text(typed)
	if !ok {
		return s, false
	}
	s.kind = strings.ReplaceAll(kind, "_", "-")
	if !slices.Contains(known, s.kind) {
		p.errorf(codeService, p.r.Span(typed.value), "%s knows no type %q%s%s", f.name, kind, diag.DidYouMean(s.kind, known), orKnown(s.kind, known, ""))
		return s, false
	}
	return s, p.body(&s, config)
}

// body finds the mapping with the keys of a service.
func (p *parser) body(s *service, config *field) bool {
	switch {
	case config == nil:
		s.body = s.field.value
		return true
	case len(s.fields) > 0:
		f := s.fields[0]
		p.errorf(codeKey, f.span, "%q is beside config; move it into config", f.given)
		return false
	case yaml12.IsNull(config.value):
		return true
	case yaml12.Deref(config.value).Kind != yaml.MappingNode:
		p.errorf(codeType, p.r.Span(config.value), "\"config\" must be a mapping, but this is a %s", yaml12.KindName(config.value))
		return false
	}
	s.body, s.fields = config.value, p.fields(config.value)
	return true
}

// unknown reports a key that a service does not have.
func (p *parser) unknown(s service, f field, known ...string) {
	p.errorf(codeKey, f.span, "%s of type %s has no key %q%s%s", s.field.name, s.kind, f.given, diag.DidYouMean(f.name, known), orKnown(f.name, known, ""))
}

// raw keeps a mapping for another package to decode.
func (p *parser) raw(kind string, span diag.Span, n *yaml.Node) Section {
	s := Section{Type: kind, JSON: []byte("{}"), Span: span, spans: map[string]diag.Span{}}
	if n == nil || yaml12.IsNull(n) {
		return s
	}
	if yaml12.Deref(n).Kind != yaml.MappingNode {
		p.errorf(codeType, p.r.Span(n), "this must be a mapping, but it is a %s", yaml12.KindName(n))
		return s
	}
	if s.JSON = p.r.JSON(n); s.JSON != nil {
		p.places(s.spans, "", n)
	}
	return s
}

// places notes where the parts of a value stand, under their JSON pointers. The value has a JSON form, so it is
// neither endless nor deeper than that allows.
func (p *parser) places(spans map[string]diag.Span, at string, n *yaml.Node) {
	switch n = yaml12.Deref(n); n.Kind {
	case yaml.MappingNode:
		for _, pair := range p.r.Pairs(n) {
			to := at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(pair.Name)
			spans[to] = p.r.Span(pair.Key)
			p.places(spans, to, pair.Value)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			to := fmt.Sprintf("%s/%d", at, i)
			spans[to] = p.r.Span(item)
			p.places(spans, to, item)
		}
	}
}

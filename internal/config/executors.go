package config

import (
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir/diag"
)

func (p *parser) pipelineExecutor(f field) {
	s, ok := p.service(f, []string{"local", "local-container", "emulator", "argo", "mocked"})
	if !ok {
		return
	}
	switch s.kind {
	case "argo":
		section := p.withoutType(s)
		p.target("argo", section, f.span)
		p.cfg.Executor = section
		return
	case "local":
		p.local(s)
	case "local-container":
		p.cfg.Container = p.container(s)
		if p.cfg.Container != nil && p.cfg.Image == "" {
			p.cfg.Image = p.cfg.Container.Image
		}
	case "mocked":
		p.only(s, "patches")
	case "emulator":
		p.only(s)
	}
	p.cfg.Executor = p.withoutType(s)
}

func (p *parser) local(s service) {
	for _, c := range s.fields {
		switch c.name {
		case "enable-parallel":
			p.cfg.Parallel = p.boolean(c)
		case "object-serialisation":
			if b := p.boolean(c); b != nil && !*b {
				p.warnf(codeNoEffect, c.span, "%q has no effect: a step is a process of its own, so an object reaches the next one pickled", c.given)
			}
		case "overrides":
			p.warnf(codeNoEffect, c.span, "%q of the local executor has no effect: every step runs on this machine", c.given)
		default:
			p.unknown(s, c, "enable-parallel", "object-serialisation", "overrides")
		}
	}
}

// jobExecutor reads what jobs run on. The keys are checked, so that a misspelt one is reported; whoever runs a job refuses what it
// cannot do.
func (p *parser) jobExecutor(f field) {
	s, ok := p.service(f, []string{"local", "emulator", "local-container", "k8s-job", "mini-k8s-job"})
	if !ok {
		return
	}
	switch s.kind {
	case "local-container":
		p.cfg.JobContainer = p.container(s)
	case "k8s-job", "mini-k8s-job":
		known := []string{"config-path", "job-spec", "mock", "namespace", "schedule"}
		if s.kind == "k8s-job" {
			known = append(known, "pvc-claim-name")
		}
		p.only(s, known...)
		for _, c := range s.fields {
			if kebab(c.given) == "job-spec" {
				p.within(c.given, c.value, jobSpec)
			}
		}
	default:
		p.only(s)
	}
	p.cfg.JobExecutor = p.withoutType(s)
}

// only reports every key of a service that is not among those known.
func (p *parser) only(s service, known ...string) {
	for _, c := range s.fields {
		if !slices.Contains(known, kebab(c.given)) {
			p.unknown(s, c, known...)
		}
	}
}

// keys are those that a mapping knows, each with those of its value; nil: the value is not looked into.
type keys map[string]keys

var quantities = keys{"cpu": nil, "memory": nil, "gpu": nil}

// jobSpec is the part of a Kubernetes Job that Runnable's configuration can say.
var jobSpec = keys{
	"active-deadline-seconds": nil, "backoff-limit": nil, "ttl-seconds-after-finished": nil,
	"selector": {"match-labels": nil, "match-expressions": nil},
	"template": {
		"metadata": {"annotations": nil, "generate-name": nil, "namespace": nil, "labels": nil},
		"spec": {
			"active-deadline-seconds": nil, "node-selector": nil, "service-account-name": nil, "restart-policy": nil,
			"tolerations": {"key": nil, "operator": nil, "value": nil, "effect": nil, "toleration-seconds": nil},
			"volumes":     {"name": nil, "host-path": {"path": nil}, "persistent-volume-claim": {"claim-name": nil}},
			"container": {
				"image": nil, "image-pull-policy": nil, "env": {"name": nil, "value": nil},
				"resources":     {"limits": quantities, "requests": quantities},
				"volume-mounts": {"name": nil, "mount-path": nil},
			},
		},
	},
}

// within reports the keys of a mapping, or of each mapping of a list, that are not known.
func (p *parser) within(what string, n *yaml.Node, known keys) {
	switch n = yaml12.Deref(n); {
	case known == nil || yaml12.IsNull(n):
	case n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			p.within(what, item, known)
		}
	case n.Kind != yaml.MappingNode:
		p.errorf(codeType, p.r.Span(n), "%q must be a mapping, but this is a %s", what, yaml12.KindName(n))
	default:
		names := make([]string, 0, len(known))
		for name := range known {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, pair := range p.r.Pairs(n) {
			inner, ok := known[kebab(pair.Name)]
			if !ok {
				p.errorf(codeKey, p.r.Span(pair.Key), "%q has no key %q%s%s", what, pair.Name, diag.DidYouMean(kebab(pair.Name), names), orKnown(kebab(pair.Name), names, ""))
				continue
			}
			p.within(pair.Name, pair.Value, inner)
		}
	}
}

// kebab is a key in lower case with dashes, however it was written: jobSpec, job_spec.
func kebab(name string) string {
	var b strings.Builder
	for i, r := range strings.ReplaceAll(name, "_", "-") {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

package config

import (
	"slices"
	"strings"
	"unicode"
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
	case "k8s-job", "mini-k8s-job": // the target kubernetes decodes it
		p.target("kubernetes", p.withoutType(s), f.span)
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

package config

import (
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/yaml12"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// Container is what an executor local-container says of the containers of steps.
type Container struct {
	ContainerSettings
	Overrides map[string]ContainerSettings // by the key that a step's `overrides:` names; what they leave out is as around them
}

// ContainerSettings are those of one step's container.
type ContainerSettings struct {
	Image string
	Env   []ir.EnvVar
	Keep  bool // the container is there after its end
	Here  bool // the step runs on this machine instead
	Span  diag.Span
}

// containerKeys are those of the executors that run a step in a container.
var containerKeys = []string{"docker-image", "auto-remove-container", "environment", "enable-parallel", "overrides", "run-in-local"}

// container reads the executor local-container. Without an image for all steps it is an error.
func (p *parser) container(s service) *Container {
	c := &Container{Overrides: map[string]ContainerSettings{}}
	c.Span = s.field.span
	var overrides []field
	for _, f := range s.fields {
		switch {
		case f.name == "enable-parallel":
			p.cfg.Parallel = p.boolean(f)
		case f.name == "overrides":
			overrides = p.mapping(f)
		case !p.containerKey(f, &c.ContainerSettings):
			p.unknown(s, f, containerKeys...)
		}
	}
	for _, o := range overrides {
		c.Overrides[o.given] = p.override(o, c.ContainerSettings)
	}
	if c.Image == "" {
		p.errorf(codeMissing, s.field.span, "%s of type local-container needs docker_image", s.field.name)
		return nil
	}
	return c
}

// override reads the settings of the steps that name them.
func (p *parser) override(f field, around ContainerSettings) ContainerSettings {
	own := ContainerSettings{Keep: around.Keep, Here: around.Here, Span: f.span}
	for _, k := range p.mapping(f) {
		if !p.containerKey(k, &own) {
			known := []string{"docker-image", "auto-remove-container", "environment", "run-in-local"}
			p.errorf(codeKey, k.span, "an override of local-container has no key %q%s%s", k.given, diag.DidYouMean(k.name, known), orKnown(k.name, known, ""))
		}
	}
	return own
}

// containerKey reads a key that both have.
func (p *parser) containerKey(f field, to *ContainerSettings) bool {
	switch f.name {
	case "docker-image":
		to.Image, _ = p.text(f)
	case "auto-remove-container":
		if b := p.boolean(f); b != nil {
			to.Keep = !*b
		}
	case "run-in-local":
		if b := p.boolean(f); b != nil {
			to.Here = *b
		}
	case "environment":
		for _, v := range p.mapping(f) {
			if value, ok := p.value(v); ok {
				to.Env = append(to.Env, ir.EnvVar{Name: v.given, Value: value})
			}
		}
	default:
		return false
	}
	return true
}

// value is the value of a variable for a container: a scalar, as it is written.
func (p *parser) value(f field) (string, bool) {
	switch n := yaml12.Deref(f.value); {
	case !ir.ValidEnvName(f.given):
		p.errorf(codeValue, f.span, "%q cannot be the name of a variable", f.given)
	case runnerenv.Sets(f.given):
		p.errorf(codeValue, f.span, "%s is a variable that the runner in a container reads; choose another name", f.given)
	case n.Kind != yaml.ScalarNode:
		p.errorf(codeType, p.r.Span(f.value), "%q must be a text, but this is a %s", f.given, yaml12.KindName(n))
	default:
		return n.Value, true
	}
	return "", false
}

// mapping are the fields of a value that must be a mapping.
func (p *parser) mapping(f field) []field {
	switch n := yaml12.Deref(f.value); {
	case yaml12.IsNull(n):
		return nil
	case n.Kind != yaml.MappingNode:
		p.errorf(codeType, p.r.Span(f.value), "%q must be a mapping, but this is a %s", f.given, yaml12.KindName(n))
		return nil
	}
	return p.fields(f.value)
}

// Package container runs each step of a pipeline in its own container on this machine, through the Docker engine
// (docs/compose.md).
//
// The engine of the pipeline runs in this process, as for a local run. A container gets the runner and the store; its
// command is that of a service of the compose target, so that each step leaves the same facts.
package container

import (
	"cmp"
	"maps"
	"slices"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/plugin"
)

// Name is what records, and the overrides of steps, call this executor.
const Name = "local-container"

// Codes of what stands in the definition.
const (
	codeOverride  = "RR2009"
	codeResources = "RR0411"
)

// Settings are those of one step's container.
type Settings struct {
	Image string
	Env   []ir.EnvVar
	Keep  bool // the container is there after its end
	Here  bool // the step runs on this machine instead
}

// Options says where and how steps run. All but Overrides, Source, Secrets and Environ are required.
type Options struct {
	Settings
	Overrides map[string]Settings // by the key that a step's `overrides:` names

	RunnerImage string
	Source      string // the definition's path in its project, which the image has as its working folder
	Run         string
	Initial     *engine.Scope
	Pipeline    *ir.Pipeline
	Store       *store.Store
	Steps       *local.Steps   // runs what needs no container
	Secrets     plugin.Secrets // nil: the environment
	Environ     []string       // of the engine's client; the credentials of a bucket and the environment's secrets are in it
}

// Check reports what of a pipeline cannot run so.
func (o *Options) Check() diag.List {
	var list diag.List
	settings := ir.Settings(o.Pipeline)
	for v := range ir.Walk(o.Pipeline) {
		if !ir.IsLeaf(v.Node) {
			continue
		}
		e := settings[v.Path]
		for _, own := range e.Overrides {
			if _, ok := o.Overrides[own.Key]; own.Executor == Name && !ok {
				keys := slices.Sorted(maps.Keys(o.Overrides))
				list.Add(diag.Errorf(codeOverride, own.Span, "%q asks for the settings %q of %s, and the configuration has no such key under overrides%s", v.Node.Base().Name, own.Key, Name, diag.DidYouMean(own.Key, keys)))
			}
		}
		if _, stub := v.Node.(*ir.Stub); !stub && !e.Resources.IsZero() {
			list.Add(diag.Warningf(codeResources, v.Node.Base().Span, "the resources of %q have no effect with %s; --target compose limits its containers", v.Node.Base().Name, Name))
		}
	}
	return list
}

// AnyHere reports whether some step runs on this machine, in a folder of its own.
func (o *Options) AnyHere() bool {
	return o.Here || slices.ContainsFunc(slices.Collect(maps.Values(o.Overrides)), func(s Settings) bool { return s.Here })
}

// of are the settings of the step at a path: its override's, the definition's, then those of all steps.
func (r *Runner) of(path string) Settings {
	e := r.settings[engine.StaticPath(r.Pipeline, path)]
	s := r.Settings
	var own Settings
	for _, o := range e.Overrides {
		if o.Executor == Name {
			own = r.Overrides[o.Key]
			s.Keep, s.Here = own.Keep, own.Here
		}
	}
	s.Image = cmp.Or(own.Image, e.Image, r.Image)
	s.Env = append(slices.Clone(r.Env), own.Env...)
	return s
}

package app

import (
	"context"
	"os"
	"strings"

	"github.com/runnable-render/runnable-render/backends/container"
	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/config"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// containers are the settings of the executor that runs each step in a container; nil: steps run on this machine.
func (in *inputs) containers() *config.Container {
	if in.settings.Job && in.config.JobContainer != nil {
		return in.config.JobContainer
	}
	return in.config.Container
}

// containerOptions says how the steps of a run are to run in containers.
func (in *inputs) containerOptions(c *config.Container) container.Options {
	o := container.Options{
		Settings: containerSettings(c.ContainerSettings), Overrides: map[string]container.Settings{},
		RunnerImage: or(in.config.RunnerImage, target.RunnerImage(release())),
		Source:      in.inImage(), Pipeline: in.pipeline, Secrets: in.secrets(), Environ: in.environ(),
	}
	for key, s := range c.Overrides {
		o.Overrides[key] = containerSettings(s)
	}
	for _, kv := range in.env() { // Runnable's containers get them
		if name, value, _ := strings.Cut(kv, "="); strings.HasPrefix(name, config.VarPrefix) && ir.ValidEnvName(strings.TrimPrefix(name, config.VarPrefix)) {
			o.Env = append(o.Env, ir.EnvVar{Name: strings.TrimPrefix(name, config.VarPrefix), Value: value})
		}
	}
	if in.config.Keys != nil && in.flags.store == "" {
		id, secret := in.config.Keys.Reveal()
		o.Environ = append(o.Environ, "AWS_ACCESS_KEY_ID="+id, "AWS_SECRET_ACCESS_KEY="+secret)
	}
	return o
}

func containerSettings(s config.ContainerSettings) container.Settings {
	return container.Settings{Image: s.Image, Env: s.Env, Keep: s.Keep, Here: s.Here}
}

// checkContainers reports what of the definition or the command line does not go with containers.
func (in *inputs) checkContainers(c *config.Container) diag.List {
	o := in.containerOptions(c)
	return o.Check()
}

// validIn refuses flags that steps in containers would not go by.
func (f *runFlags) validIn(in *inputs, more map[string]bool) error {
	if in.containers() == nil {
		return nil
	}
	for name, given := range more {
		if given {
			return fail(ExitInvalid, "--%s has no effect where steps run in containers; leave it out, or use type: local", name)
		}
	}
	for name, given := range map[string]bool{"isolate": f.isolate, "workdir": f.workdir != "", "cold": f.cold} {
		if given {
			return fail(ExitInvalid, "--%s has no effect where steps run in containers; leave it out", name)
		}
	}
	if f.cache.mode() != step.CacheDeclared {
		return fail(ExitInvalid, "--cache and --no-cache have no effect where steps run in containers; leave them out")
	}
	return nil
}

// inContainers opens the engine for a run. Steps that the configuration keeps on this machine get a folder each, as they
// would in a container.
func (d *drive) inContainers(ctx context.Context, c *config.Container, runtime *step.Runtime) (*container.Runner, func(), error) {
	o := d.inputs.containerOptions(c)
	o.Run, o.Store, o.Initial = d.header.Run, d.store, engine.InitialScope(d.header.Parameters)
	o.Steps = d.here(runtime)
	release := func() {}
	if o.AnyHere() {
		isolation, err := local.Isolate(ctx, d.dir(), d.inputs.file, d.pipeline)
		if err != nil {
			return nil, nil, fail(ExitEnvironment, "%w", err)
		}
		o.Steps.Folder, release = isolation.Folder, isolation.Close
	}
	if folder, ok := d.store.Folder(); ok {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			release()
			return nil, nil, fileError("make", err)
		}
	}
	r, err := container.Open(ctx, o)
	if err != nil {
		release()
		return nil, nil, fail(ExitEnvironment, "%w", err)
	}
	return r, func() { r.Close(ctx); release() }, nil
}

package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/workfolder"
)

// runner is what runs the leaves, and the steps of this machine, whose folders and environment hooks have too.
func (d *drive) runner(ctx context.Context, runtime *step.Runtime) (local.Runner, *local.Steps, func(), error) {
	c := d.inputs.containers()
	if c == nil {
		steps, release, err := d.steps(ctx, runtime)
		return steps, steps, release, err
	}
	r, release, err := d.inContainers(ctx, c, runtime)
	if err != nil {
		return nil, nil, nil, err
	}
	return r, r.Steps, release, nil
}

// here is what runs steps on this machine, in the working folder.
func (d *drive) here(runtime *step.Runtime) *local.Steps {
	return &local.Steps{Runtime: runtime, Store: d.store, Pipeline: d.pipeline, Dir: d.dir(), Target: local.Name, Origin: d.header.Origin, Tags: d.header.Tags}
}

// steps is what runs the steps; release removes the folders that they ran in.
func (d *drive) steps(ctx context.Context, runtime *step.Runtime) (steps *local.Steps, release func(), err error) {
	steps = d.here(runtime)
	if d.flags.isolate {
		isolation, err := local.Isolate(ctx, d.dir(), d.inputs.file, d.pipeline)
		if err != nil {
			return nil, nil, fail(ExitEnvironment, "%w", err)
		}
		steps.Folder = isolation.Folder
		return steps, isolation.Close, nil
	}
	lease := d.lease()
	folders, err := steps.Separate(ctx, local.FolderOptions{Definition: d.inputs.file, Beside: lease == nil, Leave: d.isStore})
	if err != nil {
		lease.Release()
		return nil, nil, fail(ExitEnvironment, "cannot create a folder for this run beside the run that uses %s: %w", d.dir(), err)
	}
	return steps, func() {
		_ = folders.Close()
		lease.Release()
	}, nil
}

// lease is the right to work in the folder itself; nil: another run has it. A run that a step has started works in the
// folder of that step, which is the step's alone.
func (d *drive) lease() *workfolder.Lease {
	if os.Getenv("RUNNABLE_STEP") != "" {
		return &workfolder.Lease{}
	}
	return workfolder.TakeLease(d.dir())
}

// isStore reports whether a name below the working folder is the folder of the store.
func (d *drive) isStore(name string) bool {
	folder, ok := d.store.Folder()
	if !ok {
		return false
	}
	rel, err := filepath.Rel(project.Absolute(d.dir()), project.Absolute(folder))
	return err == nil && filepath.ToSlash(rel) == name
}

// leaveFiles brings what the run put into the user's folder. A run that had to work beside another does so unless that
// one goes on.
func (a *command) leaveFiles(ctx context.Context, d drive, folders *local.Folders, out *engine.Outcome) error {
	if folders == nil {
		return nil
	}
	if err := folders.Finish(ctx, out); err != nil {
		return fmt.Errorf("the files of the run: %w", err)
	}
	if !folders.Beside || out == nil || !out.Status.OK() || !putsFiles(out) {
		return nil
	}
	lease := workfolder.TakeLease(d.dir())
	if lease == nil {
		fmt.Fprintf(a.stderr, "another run uses %s, so the files of this run are elsewhere; to get them:\n  %s catalog get %s '**' -o DIR%s\n",
			d.dir(), a.self(), quoteArg(d.header.Run), d.where().storeFlags())
		return nil
	}
	defer lease.Release()
	return folders.HandOver(ctx, out)
}

func putsFiles(out *engine.Outcome) bool {
	for e := range out.After.All() {
		if _, ok := e.Key.File(); ok && !e.Gone() {
			return true
		}
	}
	return false
}

package app

import (
	"context"
	"path/filepath"

	"github.com/runnable-render/runnable-render/internal/diff"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// diffRun compares the definition of a run with a file: the one given, or the one that a retry would take.
func (a *command) diffRun(ctx context.Context, run string, files []string, f *diffFlags) (*diff.Report, error) {
	given := ""
	if len(files) > 0 {
		given = files[0]
	}
	st, err := a.openStoreOf(ctx, given, &f.inputs, run)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	if run, err = a.runOf(ctx, st, run); err != nil {
		return nil, err
	}
	was, err := runs.Of(ctx, st, run)
	if err != nil {
		return nil, storeError(err)
	}
	file, err := a.retryFile(given, was.Header, st)
	if err != nil {
		return nil, err
	}
	after, err := a.side(ctx, file, f.inputs)
	if err != nil {
		return nil, err
	}
	ir.KeepProject(was.Pipeline, after.pipeline)
	c := diff.Compare(was.Pipeline, after.pipeline)
	code, changed := a.codeSince(ctx, was, after, c.Pairs)
	r := reportOf("run "+run, filepath.ToSlash(file), c, code)
	r.Effects = &diff.Effects{}
	r.Effects.Again, r.Effects.Perhaps = a.cacheEffects(ctx, c, after, changed, f)
	r.Effects.Retry, err = retryEffect(ctx, st, was, after.pipeline)
	return r, err
}

// codeSince are the files of steps' code that are not what they were when the steps ran.
func (a *command) codeSince(ctx context.Context, was *runs.Run, after *side, pairs []diff.Pair) ([]diff.Change, map[string][]string) {
	now := map[string]diff.Step{}
	for _, p := range pairs {
		now[p.Old.Path] = p.New
	}
	d := drive{pipeline: after.pipeline, inputs: after.inputs, flags: &runFlags{}}
	runtime := d.runtime()
	defer runtime.Close()
	var out []diff.Change
	files := map[string][]string{}
	told := map[string]bool{}
	for _, seen := range was.Replay.Seen {
		before := engine.StaticPath(was.Pipeline, seen.Record.Path)
		n, there := now[before]
		if !there {
			continue
		}
		for _, name := range runtime.ChangedSources(ctx, step.Job{Path: n.Path, Node: n.Node, Before: seen.Job.Before, Dir: d.dir()}, seen.Record) {
			if key := n.Path + "\x00" + name; !told[key] {
				told[key] = true
				files[n.Path] = append(files[n.Path], name)
				now, _ := store.HashFile(ctx, filepath.Join(after.layout.Root, filepath.FromSlash(name))) // of a file that is gone, nothing
				out = append(out, diff.CodeChange(before, n.Path, name, seen.Record.Sources[name], now.Hash))
			}
		}
	}
	return out, files
}

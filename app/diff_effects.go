package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/internal/cache"
	"github.com/runnable-render/runnable-render/internal/diff"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runs"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// cacheEffects are the cached steps that run again; files are those of steps' code that differ, by the steps' paths.
func (a *command) cacheEffects(ctx context.Context, c *diff.Comparison, after *side, files map[string][]string, f *diffFlags) (again, perhaps []diff.Again) {
	n := newCodeReader(after)
	defer func() { _ = n.runtime.Close() }()
	return c.Caches(diff.Caching{
		Definition: func(t *ir.Task, e ir.Effective) string { return cache.Definition(t, e.Env) },
		Takes: func(s diff.Step) ([]string, bool) {
			t := s.Node.(*ir.Task)
			if _, python := t.Command.(*ir.Python); !python {
				return nil, true
			}
			found, _, err := n.sources(ctx, s, t)
			if err != nil || found.TakesAll {
				return nil, true
			}
			return cache.Uses(t.Inputs, found.Takes), false
		},
		Files: files, All: f.cached,
	})
}

// targetEffects are the targets for which the change makes a difference that one sees: what is rendered, and what is refused.
func (a *command) targetEffects(before, after *side) ([]diff.TargetEffect, error) {
	var out []diff.TargetEffect
	for _, t := range a.ownTargets() {
		if t.Name() == local.Name {
			continue
		}
		o, refused, err := before.renderedFor(t)
		if err != nil {
			return nil, err
		}
		n, refuses, err := after.renderedFor(t)
		if err != nil {
			return nil, err
		}
		e := diff.TargetEffect{Target: t.Name(), OldBytes: size(o), NewBytes: size(n), OldPods: o.Pods, NewPods: n.Pods}
		for _, d := range refuses { // what it refused before, it may say of another file now
			if !slices.ContainsFunc(refused, func(old diag.Diagnostic) bool { return old.Code == d.Code }) {
				e.Refused = append(e.Refused, reason(d))
			}
		}
		for _, d := range refused {
			if len(refuses) == 0 {
				e.Accepted = append(e.Accepted, before.hidden(reason(d)))
			}
		}
		if e.OldBytes != e.NewBytes || e.OldPods != e.NewPods || len(e.Refused)+len(e.Accepted) > 0 {
			out = append(out, e)
		}
	}
	return out, nil
}

// anyImage stands for the image where none is configured.
const anyImage = "example/image:1"

func reason(d diag.Diagnostic) string { return fmt.Sprintf("%s [%s]", d.Message, d.Code) }

// renderedFor renders for a target, and returns why the target refuses the pipeline if it does.
func (s *side) renderedFor(t target.Target) (target.Rendering, diag.List, error) {
	flags := map[string]string{}
	takesImage := slices.ContainsFunc(target.OptionsOf(t.Options()), func(o target.Option) bool { return o.Flag == "image" })
	if takesImage && s.config.Image == "" {
		flags["image"] = anyImage
	}
	r, list, err := s.render(t, flags, false)
	if err != nil || !list.HasErrors() {
		return r, nil, err
	}
	return target.Rendering{}, slices.DeleteFunc(list, func(d diag.Diagnostic) bool { return d.Severity != diag.Error }), nil
}

func size(r target.Rendering) int {
	n := 0
	for _, text := range r.Files {
		n += len(text)
	}
	return n
}

// retryEffect is what a retry of a run would do with a definition.
func retryEffect(ctx context.Context, st *store.Store, was *runs.Run, is *ir.Pipeline) (*diff.Retry, error) {
	edits, err := runs.Edited(was, is, func(string) bool { return false })
	if err != nil {
		return nil, fail(ExitEnvironment, "%w", err)
	}
	e := &diff.Retry{}
	for _, edit := range edits {
		switch {
		case edit.Is == "":
			e.Gone = append(e.Gone, edit.Path)
		case !edit.Accepted:
			e.Edited = append(e.Edited, edit.Path)
		}
	}
	e.Possible = len(e.Edited)+len(e.Gone) == 0
	replay, err := engine.ReplayRun(is, engine.InitialScope(was.Header.Parameters), st.Facts(ctx, was.Header.Run), st.Blobs(ctx), nil)
	if err != nil {
		return nil, storeError(err)
	}
	definitions := engine.NewDefinitions(is)
	for _, seen := range replay.Seen {
		if definitions.Current(&seen.Job, seen.Record) {
			e.Kept++
		} else {
			e.Again = append(e.Again, seen.Job.Path)
		}
	}
	for _, job := range replay.Missing {
		e.Again = append(e.Again, job.Path)
	}
	return e, nil
}

// hidden is a text without the folder of a copy.
func (s *side) hidden(text string) string {
	if s.folder == "" {
		return text
	}
	return strings.ReplaceAll(text, s.folder+"/", "")
}

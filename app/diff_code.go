package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/frontends/golang"
	"github.com/runnable-render/runnable-render/internal/cache"
	"github.com/runnable-render/runnable-render/internal/diff"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/ir"
)

// codeChanges are the files of steps' code that are other programs than before: layout and comments make no difference, nor
// does what a function does not use of its own file. What cannot be read is told and left out. files are those whose content
// differs, by the steps' new paths.
func (a *command) codeChanges(ctx context.Context, before, after *side, pairs []diff.Pair) (changes []diff.Change, files map[string][]string, err error) {
	o, n := newCodeReader(before), newCodeReader(after)
	defer func() { _ = errors.Join(o.runtime.Close(), n.runtime.Close()) }()
	files = map[string][]string{}
	var doubts []doubt
	for _, p := range pairs {
		was, err := o.code(ctx, p.Old)
		var is map[string]codeFile
		if err == nil {
			is, err = n.code(ctx, p.New)
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if err != nil {
			fmt.Fprintf(a.stderr, "note: the code of %s is not compared: %v\n", p.New.Path, err)
			continue
		}
		names := slices.Sorted(maps.Keys(was))
		for name := range is {
			if _, both := was[name]; !both {
				names = append(names, name)
			}
		}
		for _, name := range names {
			x, y := was[name], is[name]
			if x.hash == y.hash {
				continue
			}
			files[p.New.Path] = append(files[p.New.Path], name)
			change := diff.CodeChange(p.Old.Path, p.New.Path, name, x.hash, y.hash)
			switch {
			case x.hash != "" && y.hash != "" && strings.HasSuffix(x.file, ".py") && strings.HasSuffix(y.file, ".py"):
				doubts = append(doubts, doubt{change, x, y})
			default:
				changes = append(changes, change)
			}
		}
	}
	found, err := settled(ctx, o, n, doubts)
	return append(changes, found...), files, err
}

// codeFile is a file of a step's code.
type codeFile struct {
	file     string // slash path below the reader's folder
	hash     string
	function string // of Python: what of it the step uses; empty: all
}

// doubt is a file of Python that is written otherwise than before.
type doubt struct {
	change diff.Change
	was    codeFile
	is     codeFile
}

// settled are the changes of files that are other programs than before.
func settled(ctx context.Context, o, n *codeReader, doubts []doubt) ([]diff.Change, error) {
	if len(doubts) == 0 {
		return nil, nil
	}
	var was, is []cache.Meaning
	for _, d := range doubts {
		was = append(was, cache.Meaning{File: d.was.file, Function: d.was.function})
		is = append(is, cache.Meaning{File: d.is.file, Function: d.is.function})
	}
	before, err := cache.Meanings(ctx, o.where, was)
	if err != nil {
		return nil, fail(ExitEnvironment, "the code of the steps: %w", err)
	}
	after, err := cache.Meanings(ctx, n.where, is)
	if err != nil {
		return nil, fail(ExitEnvironment, "the code of the steps: %w", err)
	}
	var out []diff.Change
	for i, d := range doubts {
		if before[i] == "" || before[i] != after[i] {
			out = append(out, d.change)
		}
	}
	return out, nil
}

// codeReader finds the code of one definition's steps.
type codeReader struct {
	side    *side
	runtime *step.Runtime
	dir     string
	where   cache.Where // of a step that has code
}

func newCodeReader(s *side) *codeReader {
	d := drive{pipeline: s.pipeline, inputs: s.inputs, flags: &runFlags{}}
	return &codeReader{side: s, runtime: d.runtime(), dir: d.dir()}
}

// code is what a step runs, by the names of files that are the same in both definitions.
func (r *codeReader) code(ctx context.Context, s diff.Step) (map[string]codeFile, error) {
	t, ok := s.Node.(*ir.Task)
	if !ok {
		return nil, nil
	}
	function := ""
	switch c := t.Command.(type) {
	case *ir.Python:
		function = c.Function
	case *ir.Flow:
		function = c.Step
		plain := *t
		plain.Command = &ir.Python{Function: c.Step}
		t = &plain
	case *ir.GoFunc:
		sum, err := golang.Meaning(filepath.Dir(or(r.side.goFile, r.side.file)), c.Function)
		return map[string]codeFile{"the program of " + c.Function: {hash: sum}}, err
	case *ir.Plugin:
		return nil, nil // the command says all that is known of it
	case *ir.Shell, *ir.Notebook:
	}
	found, where, err := r.sources(ctx, s, t)
	if err != nil {
		return nil, err
	}
	r.where = where
	out := map[string]codeFile{}
	for name, sum := range found.Files {
		out[r.named(name)] = codeFile{file: name, hash: sum, function: functionIn(function, name)}
	}
	return out, nil
}

// sources is the code of a task that stands at a step.
func (r *codeReader) sources(ctx context.Context, s diff.Step, t *ir.Task) (*cache.Sources, cache.Where, error) {
	return r.runtime.SourcesOf(ctx, step.Job{Path: s.Path, Node: t, Env: s.Effective.Env, Python: s.Effective.Python, Before: engine.InitialScope(nil), Dir: r.dir})
}

// named is what a file is called in messages: by its path from the definition, if it is there or below.
func (r *codeReader) named(name string) string {
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	if file == r.side.layout.Definition {
		return "of the definition"
	}
	if rel, err := filepath.Rel(r.side.layout.Folder(), file); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return name
}

// functionIn is what stands behind the module in a dotted function, where a file is that module; else empty.
func functionIn(dotted, file string) string {
	parts := strings.Split(dotted, ".")
	for k := len(parts) - 1; k > 0; k-- {
		module := strings.Join(parts[:k], "/")
		for _, name := range []string{module + ".py", module + "/__init__.py"} {
			if file == name || strings.HasSuffix(file, "/"+name) {
				return strings.Join(parts[k:], ".")
			}
		}
	}
	return ""
}

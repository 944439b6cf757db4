package step

import (
	"context"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/cache"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/ir"
)

// unknownSource stands in a record for the hash of a file that was written while the step ran: which content ran cannot
// be told.
const unknownSource = "unknown"

// program is what a record calls the program of Go functions among the sources of a step.
const program = "program"

// sources are the files of the user's code that an attempt ran, by their paths from the project's root, with their
// hashes, so that a retry can tell whether they have changed. modules are the files that its Python process imported.
// What cannot be read is left out: the step has succeeded.
func (r *Runtime) sources(ctx context.Context, job Job, log *sink, began time.Time, modules []string) map[string]string {
	t, ok := job.Node.(*ir.Task)
	if !ok {
		return nil
	}
	out := map[string]string{}
	a := &attempt{Job: job, rt: r, task: t, out: log, view: viewOf(job)}
	a.Dir = project.Absolute(job.Dir)
	for _, file := range slices.Concat(modules, a.namedSources(ctx)) {
		if st, err := os.Stat(file); err == nil {
			name := r.sourceName(a.Dir, file)
			if st.ModTime().After(began) && !st.ModTime().After(time.Now()) { // a clock that is ahead says nothing
				out[name] = unknownSource
			} else if b, err := r.hashes.file(ctx, file); err == nil {
				out[name] = b.Hash
			}
		}
	}
	if _, isGo := t.Command.(*ir.GoFunc); isGo {
		if sum, ok := r.programHash(ctx, a); ok {
			out[program] = sum
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// SourcesOf tells what the code of a task is, and where it lies, without running it.
func (r *Runtime) SourcesOf(ctx context.Context, job Job) (*cache.Sources, cache.Where, error) {
	log := newSink(io.Discard)
	defer log.close()
	t, ok := job.Node.(*ir.Task)
	if !ok {
		return &cache.Sources{}, cache.Where{}, nil
	}
	a := &attempt{Job: job, rt: r, task: t, out: log, view: viewOf(job)}
	a.Dir = project.Absolute(job.Dir)
	w := a.where(ctx)
	found, err := cache.SourcesOf(ctx, t, w)
	return found, w, err
}

// namedSources are the notebook of a step with what it imports, and the code that a script starts.
func (a *attempt) namedSources(ctx context.Context) []string {
	if kind := ir.CommandType(a.task.Command); kind != "shell" && kind != "notebook" {
		return nil
	}
	w := a.where(ctx)
	w.Origin, w.Scans = a.rt.opts.Layout.Work, &a.rt.ran
	found, err := cache.SourcesOf(ctx, a.task, w)
	if err != nil {
		return nil
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(found.Files)) {
		if file := filepath.Join(a.Dir, filepath.FromSlash(name)); isCode(file) {
			out = append(out, file)
		}
	}
	return out
}

// isCode reports whether a file that a script names is a program, and not data.
func isCode(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".py", ".ipynb", ".sh", ".bash", ".zsh", ".r", ".jl", ".pl", ".rb", ".js", ".mjs", ".ts", ".lua", ".sql", ".awk", ".sed":
		return true
	}
	st, err := os.Stat(file)
	return err == nil && st.Mode()&0o111 != 0
}

// sourceName is a file's path from the root of the project, also of one in a copy of the working folder.
func (r *Runtime) sourceName(dir, file string) string {
	l := r.opts.Layout
	if l.Work == "" {
		l.Work, l.Root = dir, dir
	}
	if rel, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(rel) {
		file = filepath.Join(l.Work, rel)
	}
	rel, err := filepath.Rel(l.Root, file)
	if err != nil {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}

// ChangedSources are the files of a step's code that are not what they were when its record was written, by name.
func (r *Runtime) ChangedSources(ctx context.Context, job Job, rec *engine.Record) []string {
	log := newSink(io.Discard)
	defer log.close()
	var out []string
	for _, name := range slices.Sorted(maps.Keys(rec.Sources)) {
		sum := ""
		if t, ok := job.Node.(*ir.Task); ok && name == program {
			sum, _ = r.programHash(ctx, &attempt{Job: job, rt: r, task: t, out: log, view: viewOf(job)})
		} else if b, err := r.hashes.file(ctx, r.sourceFile(job.Dir, name)); err == nil {
			sum = b.Hash
		}
		if sum != rec.Sources[name] {
			out = append(out, name)
		}
	}
	return out
}

func (r *Runtime) sourceFile(dir, name string) string {
	root := r.opts.Layout.Root
	if root == "" {
		root = dir
	}
	return filepath.Join(root, filepath.FromSlash(name))
}

// programHash is the hash of the program that holds a Go function.
func (r *Runtime) programHash(ctx context.Context, a *attempt) (string, bool) {
	file, err := a.goProgram()
	if err != nil {
		return "", false
	}
	b, err := r.hashes.file(ctx, file)
	return b.Hash, err == nil
}

package app

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/frontends/golang"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/pipeline"
	"github.com/runnable-render/runnable-render/plugin"
)

// program is what this program answers when it is called as a plugin: its own pipeline and task kinds. A run calls
// them so, each attempt in a process of its own.
func (o Options) program() plugin.Program {
	if o.Pipeline == nil && len(o.Tasks) == 0 {
		return plugin.Program{Description: o.Name}
	}
	out := plugin.Program{Description: o.Name}
	if o.Pipeline != nil {
		out = pipeline.Program(o.Pipeline)
	}
	functions := out.Task
	out.Task = plugin.TaskFunc(func(ctx context.Context, r *plugin.TaskRequest) (*plugin.TaskAnswer, error) {
		if t, ok := o.Tasks[r.Kind]; ok {
			return t.Run(ctx, r)
		}
		if functions == nil {
			return nil, fmt.Errorf("this program runs no commands of the type %q", r.Kind)
		}
		return functions.Run(ctx, r)
	})
	return out
}

// ownFile is the file that stands for the program's own pipeline: where it was written, as long as that is there.
func ownFile(p *pipeline.Pipeline) string {
	file := p.File()
	if st, err := os.Stat(file); err != nil || st.IsDir() {
		return "pipeline.go" // built elsewhere: what belongs to it is in the current folder
	}
	wd, err := os.Getwd()
	if err != nil {
		return file
	}
	if rel, err := filepath.Rel(wd, file); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return file
}

// isOwn reports whether a file is that of the program's own pipeline.
func (a *command) isOwn(file string) bool {
	return a.Pipeline != nil && project.Absolute(file) == project.Absolute(ownFile(a.Pipeline))
}

// ownSource is the program's own pipeline, checked.
func (a *command) ownSource(ctx context.Context, file string) *source {
	s := &source{file: filepath.ToSlash(file), more: map[string][]byte{}}
	s.text, _ = os.ReadFile(file) // for carets alone
	p, list := a.Pipeline.IR()
	golang.Relate(p, list)
	s.take(ctx, frontends.Inline(ctx, s.file, frontends.Result{Pipeline: p, Diags: list}, frontends.Options{More: a.Frontends}))
	return s
}

// packageFile is a file that stands for a folder whose only definition is a program in Go; empty: it is none.
func packageFile(dir string) string {
	for _, f := range definitionsIn(dir) {
		if filepath.Ext(f) != ".go" {
			return ""
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
	if len(files) == 0 {
		return ""
	}
	for _, name := range []string{"pipeline.go", "main.go"} {
		if file := filepath.Join(dir, name); slices.Contains(files, file) {
			return file
		}
	}
	return files[0]
}

// programs are those that run the steps of kinds that are not built in, and of go: this program its own, and the
// program of a definition in Go its functions. Others are looked for on PATH.
func (in *inputs) programs() map[string]string {
	out := map[string]string{}
	self, err := os.Executable()
	if err == nil {
		for kind := range in.brings.Tasks {
			out[kind] = self
		}
	}
	switch own := in.brings.Pipeline; {
	case own != nil && project.Absolute(in.file) == project.Absolute(ownFile(own)):
		if err == nil {
			out["go"] = self
		}
	case in.goFile != "", strings.EqualFold(filepath.Ext(in.file), ".go"):
		if program, err := golang.Program(cmp.Or(in.goFile, in.file)); err == nil {
			out["go"] = program
		}
	}
	return out
}

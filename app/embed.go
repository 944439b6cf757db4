package app

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/frontends/golang"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
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
	return a.Pipeline != nil && absolute(file) == absolute(ownFile(a.Pipeline))
}

// ownSource is the program's own pipeline, checked.
func (a *command) ownSource(file string) *source {
	s := &source{file: filepath.ToSlash(file), more: map[string][]byte{}}
	s.text, _ = os.ReadFile(file) // for carets alone
	p, list := a.Pipeline.IR()
	golang.Relate(p, list)
	s.take(frontends.Result{Pipeline: p, Diags: list})
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
	case own != nil && absolute(in.file) == absolute(ownFile(own)):
		if err == nil {
			out["go"] = self
		}
	case strings.EqualFold(filepath.Ext(in.file), ".go"):
		if program, err := golang.Program(in.file); err == nil {
			out["go"] = program
		}
	}
	return out
}

// backend finds what renders for a target that is not built in.
func (a *command) backend(target string) (plugin.Backend, bool) {
	if b, ok := a.Backends[target]; ok {
		return b, true
	}
	program, found := plugin.LookPath(plugin.RoleBackend, target)
	return programBackend{program}, found
}

// programBackend is the program of a plugin.
type programBackend struct{ program string }

// Render implements [plugin.Backend].
func (b programBackend) Render(p *ir.Pipeline, o plugin.BackendOptions) (map[string][]byte, diag.List) {
	files, list, err := plugin.Call{Program: b.program, Log: os.Stderr}.Render(context.Background(), p, o)
	if err != nil {
		list.Add(diag.Errorf(plugin.CodeAnswer, p.Span, "%s cannot render the pipeline: %v", b.program, err))
	}
	return files, list
}

// knownTarget refuses a target for which there is nothing.
func (a *command) knownTarget(target string) error {
	if slices.Contains(targets, target) {
		return nil
	}
	if _, found := a.backend(target); found {
		return nil
	}
	err := oneOf("target", target, append(slices.Clone(targets), slices.Sorted(maps.Keys(a.Backends))...)...)
	if !plugin.ValidName(target) {
		return err
	}
	return fmt.Errorf("%w; there is no %s on PATH either", err, plugin.ProgramName(plugin.RoleBackend, target))
}

// renderByPlugin renders for a target that is not built in.
func (a *command) renderByPlugin(in *inputs, f *renderFlags) (map[string][]byte, diag.List, error) {
	b, found := a.backend(f.target)
	if !found {
		return nil, nil, a.knownTarget(f.target)
	}
	o := plugin.BackendOptions{
		Image: cmp.Or(f.image, in.config.Image), Store: in.remoteStore(), Source: filepath.Base(in.file),
	}
	for _, n := range in.params {
		o.Parameters = append(o.Parameters, plugin.Parameter{Name: n.Name, Value: n.Value.JSON})
	}
	files, list := b.Render(in.pipeline, o)
	return files, list, nil
}

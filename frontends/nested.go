package frontends

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/runnable-render/runnable-render/frontends/wfformat"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/internal/textfile"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// The codes of definitions that other definitions use; diag.Lookup explains them.
const (
	codeInner      = "RR0021"
	codeInnerCycle = "RR0022"
	codeInnerCode  = "RR0023"
	codeInnerRun   = "RR0024"
)

// maxInlined bounds the steps of a pipeline with those of all definitions that it uses: each use counts. maxInside bounds the
// definitions that use one another.
const (
	maxInlined = 200_000
	maxInside  = 100
)

// Inline reads the definitions that steps of the type pipeline name, and puts their graphs into these steps. A definition
// that several steps use is read once, and they share its graph.
func Inline(ctx context.Context, file string, r Result, o Options) Result {
	if r.Pipeline == nil {
		return r
	}
	used := nestedIn(r.Pipeline)
	if !slices.ContainsFunc(used, unread) {
		return r
	}
	if o.Layout.Definition == "" {
		here, _ := os.Getwd()
		o.Layout = project.Find(filepath.FromSlash(file), here)
	}
	in := &inliner{o: o, out: &r, read: map[string]*inner{}, sizes: map[*ir.Graph]int{}, programs: map[string]diag.Span{}}
	in.layout = o.Layout
	in.layout.Own = r.Settings.Path
	outer := &inner{file: file, layout: o.Layout, pipeline: r.Pipeline}
	in.functions(outer)
	in.pipelines(ctx, outer)
	if size := in.size(r.Pipeline.Graph); size > maxInlined {
		in.errorf(codeInner, r.Pipeline.Span, "the pipeline has more than %d steps with those of the definitions that it uses; use fewer", maxInlined)
		for _, n := range used {
			n.Body = nil // no walk over them would end soon
		}
	}
	return r
}

func unread(n *ir.Nested) bool { return n.Body == nil }

// nestedIn are the steps of a pipeline that run other definitions, those aside that have been read.
func nestedIn(p *ir.Pipeline) []*ir.Nested {
	var out []*ir.Nested
	nested := "" // the path of the last one
	for v := range ir.Walk(p) {
		n, ok := v.Node.(*ir.Nested)
		if !ok || nested != "" && strings.HasPrefix(v.Path, nested+".") {
			continue
		}
		nested = v.Path
		out = append(out, n)
	}
	return out
}

// inner is a definition that others use.
type inner struct {
	file     string // as the user knows it
	layout   project.Layout
	pipeline *ir.Pipeline // nil where it cannot be used: that is told
}

// inliner reads the definitions that one definition uses.
type inliner struct {
	o        Options
	out      *Result
	layout   project.Layout    // by which the steps are run
	read     map[string]*inner // by the resolved path
	around   []*ir.Nested      // the steps whose definitions are being read, the outermost first
	files    []string          // those that they name
	sizes    map[*ir.Graph]int
	programs map[string]diag.Span // of Go functions: the definition, or "" for one on PATH, with a step that calls one
}

func (in *inliner) errorf(code string, at diag.Span, format string, args ...any) {
	in.out.Diags.Add(diag.Errorf(code, at, format, args...))
}

// pipelines reads what the steps of a definition name.
func (in *inliner) pipelines(ctx context.Context, d *inner) {
	for _, n := range nestedIn(d.pipeline) {
		if n.Body == nil && n.Definition.Name != "" {
			in.pipelineOf(ctx, n, d)
		}
	}
}

// pipelineOf fills one step of a definition.
func (in *inliner) pipelineOf(ctx context.Context, n *ir.Nested, d *inner) {
	file := in.find(n, d)
	if file == "" || in.cycle(n, resolved(file)) {
		return
	}
	used := in.read[resolved(file)]
	if used == nil && len(in.around) == maxInside {
		in.errorf(codeInner, cmp.Or(n.Definition.Span, n.Span), "%q is nested more than %d definitions deep; use it more directly", n.Definition.Name, maxInside)
		return
	}
	if used == nil {
		in.around, in.files = append(in.around, n), append(in.files, resolved(file))
		used = in.open(ctx, n, d, file)
		in.around, in.files = in.around[:len(in.around)-1], in.files[:len(in.files)-1]
		in.read[resolved(file)] = used
	}
	if used.pipeline == nil {
		return
	}
	n.Body, n.Parameters = used.pipeline.Graph, slices.Clone(used.pipeline.Parameters)
	if n.Pods.Name == "" {
		n.Pods = used.pipeline.Pods
	}
	in.fileDefaults(n)
}

// fileDefaults refuses parameters that are files and would be read where the inner definition is run.
func (in *inliner) fileDefaults(n *ir.Nested) {
	for _, p := range n.Parameters {
		if p.Type == ir.FileType && p.Initial() != "null" && !p.Required && !ir.Gives(n, p.Name) {
			in.out.Diags.Add(diag.Errorf(codeInnerRun, cmp.Or(n.Span, p.Span), "%q gives no value for %q, whose default is the file %s, and only a run's own parameters can have a file as their default; declare a parameter of type file here, and give its value in inputs", n.Name, p.Name, p.Default).
				With(p.Span, "it is declared here"))
		}
	}
}

// find finds the file that a step names: beside its definition, else where other files of a definition are looked for.
func (in *inliner) find(n *ir.Nested, d *inner) string {
	name, at := n.Definition.Name, cmp.Or(n.Definition.Span, n.Span)
	if path.IsAbs(name) || filepath.IsAbs(name) || strings.Contains(name, "\\") {
		in.errorf(codeInner, at, "%q is not a slash path that begins in the project; write it relative to %s", name, path.Base(d.file))
		return ""
	}
	file := filepath.Join(d.layout.Folder(), filepath.FromSlash(name))
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		found := false
		if file, found = d.layout.File(name); !found {
			in.errorf(codeInner, at, "the definition %q does not exist%s; it is looked for beside %s, in the working folder and in the project's root", name, near(d.layout.Folder(), name), path.Base(d.file))
			return ""
		}
	}
	if !in.layout.Inside(file) {
		in.errorf(codeInner, at, "the definition %q is not in the project, so no image would have the code of its steps; move it into the folder of %s, or into one below the nearest pyproject.toml or .git", name, path.Base(d.file))
		return ""
	}
	return file
}

// resolved is a file without links on the way to it, so that it has one path.
func resolved(file string) string {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		return real
	}
	return file
}

// near suggests the file with the nearest name in the folder of one that is not there.
func near(folder, name string) string {
	entries, _ := os.ReadDir(filepath.Join(folder, filepath.FromSlash(path.Dir(name)))) // of a folder that is not there, none
	var names []string
	for _, e := range entries {
		names = append(names, path.Join(path.Dir(name), e.Name()))
	}
	return diag.DidYouMean(name, names)
}

// cycle reports definitions that use each other.
func (in *inliner) cycle(n *ir.Nested, file string) bool {
	files := append([]string{resolved(in.o.Layout.Definition)}, in.files...)
	first := slices.Index(files, file)
	if first < 0 {
		return false
	}
	d := diag.Errorf(codeInnerCycle, cmp.Or(n.Definition.Span, n.Span), "the definition %s uses itself, so it would never end; to repeat steps, put them into a loop", n.Definition.Name)
	for _, by := range in.around[first:] {
		d = d.With(cmp.Or(by.Definition.Span, by.Span), "by way of %s, used here", by.Definition.Name)
	}
	in.out.Diags.Add(d)
	return true
}

// open reads a definition that a step of another one names.
func (in *inliner) open(ctx context.Context, n *ir.Nested, by *inner, file string) *inner {
	d := &inner{file: shownFrom(by, file), layout: in.o.Layout.Of(file)}
	text, err := textfile.Read(ctx, file)
	if err != nil {
		in.errorf(codeInner, cmp.Or(n.Definition.Span, n.Span), "the definition %q cannot be read: %v", n.Definition.Name, reason(err))
		return d
	}
	o := in.o
	o.Layout, o.WfFormat = d.layout, wfformat.Options{}
	r := read(ctx, d.file, text, o)
	in.out.Diags = append(in.out.Diags, r.Diags...)
	if r.Pipeline == nil || r.Diags.HasErrors() {
		return d
	}
	d.pipeline = r.Pipeline
	d.pipeline.Graph.Description = cmp.Or(d.pipeline.Graph.Description, d.pipeline.Description)
	d.layout.Own = r.Settings.Path
	if list := ir.CheckParameters(d.pipeline); list.HasErrors() {
		in.out.Diags = append(in.out.Diags, list...)
		d.pipeline = nil
		return d
	}
	in.ofRuns(r)
	in.environ(r)
	in.functions(d)
	in.notebooks(d)
	in.modules(d)
	in.pipelines(ctx, d)
	return d
}

// reason is why a file cannot be read, in the system's words.
func reason(err error) error {
	if errors.Is(err, syscall.EISDIR) {
		return errors.New("it is a folder; name a file in it")
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// shownFrom is a file as the user knows it, by way of the definition that uses it.
func shownFrom(by *inner, file string) string {
	rel, err := filepath.Rel(by.layout.Folder(), file)
	if err != nil {
		return filepath.ToSlash(file)
	}
	return path.Join(path.Dir(by.file), filepath.ToSlash(rel))
}

// size counts the steps of a graph with those of the definitions that it uses; more than maxInlined are not told apart.
func (in *inliner) size(g *ir.Graph) int {
	if size, ok := in.sizes[g]; ok {
		return size
	}
	size := 0
	for _, n := range g.Nodes {
		size++
		for _, b := range ir.Subgraphs(n) {
			if b.Graph != nil {
				size += in.size(b.Graph)
			}
		}
	}
	in.sizes[g] = min(size, maxInlined+1)
	return in.sizes[g]
}

// ofRuns warns of what a definition says of its own run, which is another's here.
func (in *inliner) ofRuns(r Result) {
	at := r.Pipeline.Span
	warn := func(at diag.Span, what string) {
		in.out.Diags.Add(diag.Warningf(codeInnerRun, at, "%s no effect where another definition uses this one; settings of a run come from the outer definition", what))
	}
	for _, hooks := range [][]ir.Hook{r.Pipeline.OnSuccess, r.Pipeline.OnFailure} {
		if len(hooks) > 0 {
			warn(cmp.Or(hooks[0].Span, at), "hooks have")
		}
	}
	if len(r.Pipeline.Schedules) > 0 {
		warn(at, "schedules have")
	}
	if len(r.Pipeline.Events) > 0 {
		warn(cmp.Or(r.Pipeline.Events[0].Span, at), "events have")
	}
	if c := r.Pipeline.Concurrency; c != nil {
		warn(cmp.Or(c.Span, at), "its concurrency has")
	}
	for _, s := range []struct{ key, value string }{
		{"parameters_file", r.Settings.ParametersFile}, {"configuration_file", r.Settings.ConfigurationFile}, {"run_id", r.Settings.RunID}, {"tag", r.Settings.Tag},
	} {
		if s.value != "" {
			warn(at, s.key+" has")
		}
	}
}

// environ gives the steps of the run the variables that a definition set while it was read, as they get those of the outer one, which
// come first. No step holds them, for they may be secrets. The program's own variables are those of the outer definition alone.
func (in *inliner) environ(r Result) {
	all := maps.Clone(in.out.Settings.Environ)
	if all == nil {
		all = map[string]string{}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Settings.Environ)) {
		value, set := all[name]
		switch {
		case strings.HasPrefix(name, "RUNNABLE_"):
		case !set:
			all[name] = r.Settings.Environ[name]
		case value != r.Settings.Environ[name]:
			in.out.Diags.Add(diag.Warningf(codeInnerRun, r.Pipeline.Span, "the variable %s has no effect, because a definition that was read before sets it to another value and all steps share one environment; set it in the env of the steps", name))
		}
	}
	in.out.Settings.Environ = all
}

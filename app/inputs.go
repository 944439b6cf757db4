package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/frontends/pycheck"
	"github.com/runnable-render/runnable-render/frontends/wfformat"
	"github.com/runnable-render/runnable-render/internal/accept"
	"github.com/runnable-render/runnable-render/internal/config"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/internal/textfile"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/plugin"
	"github.com/runnable-render/runnable-render/plugin/buckets"
	"github.com/runnable-render/runnable-render/plugin/buckets/azurestore"
	"github.com/runnable-render/runnable-render/plugin/buckets/gcsstore"
	"github.com/runnable-render/runnable-render/plugin/buckets/s3store"
)

// inputFlags are the flags that say what comes to a definition: configuration, parameters, the store.
type inputFlags struct {
	config     string
	paramsFile string
	set        []string
	store      string
	python     string           // interpreter of a Python definition and of Python steps; empty: the configured one, else as python.Finder chooses
	recorded   wfformat.Options // what stands in place of the commands of a recorded workflow
	root       string           // the project's; empty: as project.Find finds it
	handed     bool             // the pipeline comes from a program, on stdin
	here       bool             // the pipeline is run by this process
	starts     bool             // a run begins with the parameters that are given
	closed     bool             // the environment brings no parameters and no configuration: the flags say all
	current    string           // a folder that counts as the current one; empty: the process's
	began      []engine.Named   // not nil: the parameters that a run began with, in place of all that could bring others
}

// env is the environment as far as it counts.
func (f *inputFlags) env() []string {
	if !f.closed {
		return os.Environ()
	}
	return slices.DeleteFunc(os.Environ(), func(kv string) bool {
		return strings.HasPrefix(kv, params.Prefix) || strings.HasPrefix(kv, params.FileVariable+"=") || strings.HasPrefix(kv, config.FileVariable+"=")
	})
}

func (f *inputFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&f.paramsFile, "parameters", "p", "", "YAML or JSON file of initial parameters")
	fs.StringArrayVar(&f.set, "param", nil, "one initial parameter, name=value; may be repeated")
	fs.StringVar(&f.root, "root", "", "root of the project, which is the working folder in images (default: the nearest folder at or above the definition with a pyproject.toml or .git, else the current folder)")
	f.registerPython(cmd)
	f.registerRecorded(cmd)
	f.registerStore(cmd)
}

// registerPython registers what a retry has too.
func (f *inputFlags) registerPython(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.python, "python", "", "Python interpreter for a Python definition and for the steps that run here: a path, a name or a version (default: the active virtual environment, the project's, .python-version, else python3)")
}

// registerRecorded registers what stands in place of the commands of a recorded workflow.
func (f *inputFlags) registerRecorded(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.BoolVar(&f.recorded.AsStubs, "as-stubs", false, "WfFormat: keep only the tasks and their order; every step is a stub")
	fs.Float64Var(&f.recorded.Scale, "scale", 0, "WfFormat: let every step sleep for this fraction of its recorded time")
}

// registerStore registers what commands need that only look at runs.
func (f *inputFlags) registerStore(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&f.config, "config", "c", "", "configuration file (default: runnable-config.yaml beside the definition or here)")
	fs.StringVar(&f.store, "store", "", "where runs are stored: a folder or a bucket's URL (default: .runnable beside the definition)")
}

// inputs is everything that a command works on.
type inputs struct {
	*source
	flags      *inputFlags
	layout     project.Layout // where the definition's code and files are
	config     *config.Config
	configFile string
	configText []byte
	params     []engine.Named
	places     map[string]diag.Span // where each of them was given
	accept     *accept.Set
	brings     *Options  // what the program has of its own
	stderr     io.Writer // for what is told of the store
	paramsFile string
	paramsText []byte

	defaultStore string // where nothing names one; empty: beside the definition
}

// scope is the scope at the start of a run.
func (in *inputs) scope() *engine.Scope { return engine.InitialScope(in.params) }

// texts are the sources by name, for carets.
func (in *inputs) texts() map[string][]byte {
	texts := in.source.texts()
	if in.configFile != "" {
		texts[in.configFile] = config.Shown(in.configText) // without credentials
	}
	if in.paramsText != nil {
		texts[in.paramsFile] = in.paramsText
	}
	return texts
}

// inputs reads the definition, the configuration and the parameters, and prints what is wrong with any of them.
func (a *command) inputs(ctx context.Context, file string, f *inputFlags) (*inputs, error) {
	in, list, err := a.gather(ctx, file, f, true)
	if err != nil {
		return nil, err
	}
	return in, a.report(list, in.texts(), ExitInvalid)
}

// gather reads the definition, the configuration and the parameters. complete says that there will be no other
// parameters than those that are given.
func (a *command) gather(ctx context.Context, file string, f *inputFlags, complete bool) (*inputs, diag.List, error) {
	if err := f.recorded.Validate(); err != nil {
		return nil, nil, err
	}
	layout, err := f.layout(file)
	if err != nil {
		return nil, nil, err
	}
	in := &inputs{flags: f, layout: layout, config: &config.Config{}, brings: &a.Options, stderr: a.stderr}
	var list diag.List
	if _, err := os.Stat(file); err == nil { // else there is one thing to say
		if list, err = in.readConfig(ctx, f.config, filepath.Dir(file)); err != nil {
			return nil, nil, err
		}
	}
	s, err := a.loadOrTake(ctx, file, frontends.Options{Python: in.python(), Layout: layout, WfFormat: f.recorded}, f.handed)
	if err != nil {
		return nil, nil, err
	}
	in.source = s
	in.layout.Own = s.settings.Path
	own := s.settings.ConfigurationFile
	if f.config == "" && (own != "" || s.settings.Environ[config.FileVariable] != "") {
		if list, err = in.readConfig(ctx, in.beside(own), s.dir()); err != nil {
			return nil, nil, err
		}
	}
	list = append(s.diags, list...)
	more, err := in.readInitial(ctx)
	if err != nil {
		return nil, nil, err
	}
	if f.here && in.pipeline != nil && !list.HasErrors() {
		more = append(more, in.executors()...)
	}
	if list = append(list, more...); list.HasErrors() {
		s.check(nil)
	} else {
		s.check(in.sources(complete || in.paramsFile != "" || len(f.set) > 0))
	}
	s.diags = append(s.diags, a.checkTargets(s.pipeline)...)
	return in, in.accepted().Filter(append(s.diags, list...)), nil
}

// checkTargets checks the settings that steps have for targets, whichever of them is meant. Those of programs are for them to
// check.
func (a *command) checkTargets(p *ir.Pipeline) diag.List {
	if p == nil {
		return nil
	}
	return target.CheckSteps(p, a.ownTargets(), func(name string) bool {
		if _, function := a.Backends[name]; function {
			return true
		}
		_, program := plugin.LookPath(plugin.RoleBackend, name)
		return program && !a.isBuiltIn(plugin.RoleBackend, name)
	})
}

// accepted are the warnings that the definition and the configuration accept.
func (in *inputs) accepted() *accept.Set {
	if in.accept == nil {
		var everywhere []ir.Ref
		for _, a := range in.config.Ignore {
			everywhere = append(everywhere, ir.Ref{Name: a.Code, Span: a.Span})
		}
		in.accept = accept.Of(in.pipeline, in.source.texts(), everywhere)
	}
	return in.accept
}

// readInitial reads the initial parameters (SEMANTICS 2).
func (in *inputs) readInitial(ctx context.Context) (diag.List, error) {
	f := in.flags
	if f.began != nil {
		in.params = f.began
		return nil, nil
	}
	file := params.File(cmp.Or(f.paramsFile, in.beside(in.settings.ParametersFile)), in.env())
	if err := in.readParameters(ctx, file); err != nil {
		return nil, err
	}
	given, places, list := params.LoadPlaced(params.Sources{
		File: file, FileBytes: in.paramsText, Env: in.env(), Set: f.set,
		Declared: in.declared(), Files: params.NewFiles(ctx, in.beside), Open: !f.here && !f.starts,
	})
	in.params, in.places = given, places
	return list, nil
}

// declared are the parameters that the pipeline declares, as far as they are declared well.
func (in *inputs) declared() []ir.Parameter {
	if in.pipeline == nil || ir.CheckParameters(in.pipeline).HasErrors() {
		return nil
	}
	return in.pipeline.Parameters
}

// python is the interpreter that the flag or the configuration sets, as named in every folder. A path of the
// configuration starts at its file.
func (in *inputs) python() string {
	set := in.config.Python
	switch {
	case in.flags.python != "":
		return interpreter(in.flags.python)
	case strings.ContainsRune(set, filepath.Separator) && !filepath.IsAbs(set):
		return project.Absolute(filepath.Join(filepath.Dir(in.configFile), set))
	}
	return set
}

// sources is what is known for a comparison of the steps with the code that they call.
func (in *inputs) sources(complete bool) *pycheck.Options {
	o := &pycheck.Options{File: in.file, Layout: in.layout, Path: in.layout.PythonPath(in.environ()), Complete: complete, Given: maps.Clone(in.places)}
	maps.DeleteFunc(o.Given, func(name string, _ diag.Span) bool { // it is said already that it is not declared
		return len(in.pipeline.Parameters) > 0 && ir.Declared(in.pipeline.Parameters, name) == nil
	})
	for _, p := range in.params {
		o.Initial = append(o.Initial, p.Name)
	}
	for _, p := range in.pipeline.Parameters { // of those that are required, no value may be known yet
		if !slices.Contains(o.Initial, p.Name) {
			o.Initial = append(o.Initial, p.Name)
		}
	}
	return o
}

// beside finds a file that a definition names.
func (in *inputs) beside(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	if file, found := in.layout.File(name); found {
		return shortest(file)
	}
	return name
}

// layout says where the code and the files of a definition are, as seen from the current folder.
func (f *inputFlags) layout(definition string) (project.Layout, error) {
	here := f.current
	if here == "" {
		var err error
		if here, err = os.Getwd(); err != nil {
			return project.Layout{}, fail(ExitEnvironment, "the current folder: %w", err)
		}
	}
	l := project.Find(definition, here)
	if f.root == "" {
		return l, nil
	}
	if st, err := os.Stat(f.root); err != nil || !st.IsDir() {
		return l, fail(ExitInvalid, "--root %s: there is no such folder", f.root)
	}
	l.Root = project.Absolute(f.root)
	if l.Source() == "" {
		return l, fail(ExitInvalid, "--root %s: the definition %s is not in it", f.root, definition)
	}
	return l.In(l.Root), nil
}

// env is the environment as far as it counts, with what the definition has set of it.
func (in *inputs) env() []string {
	env := in.withOwn(in.flags.env())
	if in.source == nil {
		return env
	}
	for _, name := range []string{params.FileVariable, config.FileVariable} {
		if file := in.settings.Environ[name]; file != "" {
			env = append(env, name+"="+in.beside(file))
		}
	}
	return env
}

// environ is the environment of the steps.
func (in *inputs) environ() []string {
	return in.layout.Environ(in.withOwn(os.Environ()), project.Absolute("."))
}

// withOwn adds the variables that the definition set while it was read.
func (in *inputs) withOwn(env []string) []string {
	if in.source == nil || len(in.settings.Environ) == 0 {
		return env
	}
	own := in.settings.Environ
	out := slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		_, set := own[name]
		return set
	})
	for _, name := range slices.Sorted(maps.Keys(own)) {
		out = append(out, name+"="+own[name])
	}
	return out
}

// variable is a variable of the steps' environment.
func (in *inputs) variable(name string) string {
	for _, kv := range slices.Backward(in.environ()) {
		if value, ok := strings.CutPrefix(kv, name+"="); ok {
			return value
		}
	}
	return ""
}

// readParameters reads the parameters file, once: it may be a pipe. Where that fails, Load says why.
func (in *inputs) readParameters(ctx context.Context, file string) error {
	if file == "" {
		return nil
	}
	text, err := textfile.Read(ctx, file)
	if err == nil {
		in.paramsFile, in.paramsText = filepath.ToSlash(file), text
	}
	return ctx.Err()
}

// readConfig reads the configuration file that is given or found in a folder, if there is one.
func (in *inputs) readConfig(ctx context.Context, given, dir string) (diag.List, error) {
	file, err := config.Find(given, dir, in.env())
	if err != nil {
		return nil, fileError("read the configuration", err)
	}
	in.config = &config.Config{}
	if file == "" {
		return nil, nil
	}
	if in.configText, err = textfile.Read(ctx, file); err != nil {
		return nil, fileError("read the configuration", err)
	}
	in.configFile = file
	var list diag.List
	if in.config, list = config.Parse(file, in.configText, in.env(), in.brings.sections()); in.config == nil {
		in.config = &config.Config{}
	}
	in.configText = config.Shown(in.configText)
	return list, nil
}

// openers are the buckets that this program knows.
func openers() []buckets.Opener {
	return []buckets.Opener{s3store.Opener(), gcsstore.Opener(), azurestore.Opener()}
}

// secrets is the source of secrets that the configuration names.
func (in *inputs) secrets() plugin.Secrets {
	if in.brings.Secrets != nil {
		return in.brings.Secrets
	}
	switch in.config.Secrets.Source {
	case config.SecretsDotenv:
		return step.DotenvSecrets(in.config.Secrets.File)
	case config.SecretsNone:
		return step.NoSecrets()
	case config.SecretsEnv:
		return nil
	}
	panic("app: unknown source of secrets")
}

// openStore opens the store: the flag's, the configuration's, else the folder beside the definition.
func (in *inputs) openStore(ctx context.Context) (*store.Store, error) {
	where, known := in.flags.store, slices.Concat(in.brings.Stores, openers())
	if where == "" {
		where = in.config.Store
		if in.config.Keys != nil { // they are of this store alone
			known = append([]buckets.Opener{s3store.OpenerWith(in.config.Keys.Reveal())}, known...)
		}
	}
	if where == "" {
		where = or(in.defaultStore, storeFolder(in.file))
	}
	st, err := store.Open(ctx, where, known...)
	if err == nil {
		err = in.reclaim(st)
	}
	return st, storeError(err)
}

// reclaim keeps a store that everyone could write to for its owner, and says so.
func (in *inputs) reclaim(st *store.Store) error {
	r, err := st.Reclaim()
	if r.Folders > 0 {
		fmt.Fprintf(in.stderr, "note: every user of this machine could write to the store %s; from now on only its owner can\n", st)
	}
	if r.Foreign != "" {
		fmt.Fprintf(in.stderr, "warning: every user of this machine can write to %s, which belongs to another user: its contents may come from anybody, and using them may run their code; remove it, or have its owner close it (chmod go-w)\n", r.Foreign)
	}
	return err
}

// openStore opens the store for a command that needs no definition, but may be about a run; the default is the one beside
// a definition of the current folder, or the one below it that holds the run.
func (a *command) openStore(ctx context.Context, f *inputFlags, run string) (*store.Store, error) {
	return a.openStoreOf(ctx, "", f, run)
}

// openStoreOf opens the store without reading the definition that it belongs to; without a definition's name it is as
// [command.openStore] says.
func (a *command) openStoreOf(ctx context.Context, file string, f *inputFlags, run string) (*store.Store, error) {
	in := &inputs{source: &source{file: or(file, "pipeline.yaml")}, flags: f, brings: &a.Options, stderr: a.stderr}
	list, err := in.readConfig(ctx, in.flags.config, in.dir())
	if err != nil {
		return nil, err
	}
	if err := a.report(list, in.texts(), ExitInvalid); err != nil {
		return nil, err
	}
	if file == "" && in.flags.store == "" && in.config.Store == "" {
		if in.defaultStore, err = storeOf(ctx, run); err != nil {
			return nil, err
		}
		a.found(run, in.defaultStore)
	}
	return in.openStore(ctx)
}

package app

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/frontends/pycheck"
	"github.com/runnable-render/runnable-render/frontends/wfformat"
	"github.com/runnable-render/runnable-render/internal/config"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/params"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/internal/store/azurestore"
	"github.com/runnable-render/runnable-render/internal/store/gcsstore"
	"github.com/runnable-render/runnable-render/internal/store/s3store"
	"github.com/runnable-render/runnable-render/internal/textfile"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// inputFlags are the flags that say what comes to a definition: configuration, parameters, the store.
type inputFlags struct {
	config     string
	paramsFile string
	set        []string
	store      string
	python     string           // interpreter of a Python definition and of Python steps; empty: the configured one, else as python.Finder chooses
	recorded   wfformat.Options // what stands in place of the commands of a recorded workflow
	closed     bool             // the environment brings no parameters and no configuration: the flags say all
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
	fs.StringArrayVar(&f.set, "param", nil, "one initial parameter, name=value; may be given again")
	f.registerPython(cmd)
	f.registerRecorded(cmd)
	f.registerStore(cmd)
}

// registerPython registers what a retry has too.
func (f *inputFlags) registerPython(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.python, "python", "", "Python interpreter of a Python definition, and of the steps that run here: a path, a name or a version (default: the active or the project's virtual environment, .python-version, else python3)")
}

// registerRecorded registers what stands in place of the commands of a recorded workflow.
func (f *inputFlags) registerRecorded(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.BoolVar(&f.recorded.AsStubs, "as-stubs", false, "WfFormat: keep the tasks and their order alone; every step is a stub")
	fs.Float64Var(&f.recorded.Scale, "scale", 0, "WfFormat: let every step sleep for this fraction of its recorded time")
}

// registerStore registers what commands need that only look at runs.
func (f *inputFlags) registerStore(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&f.config, "config", "c", "", "configuration file (default: runnable-config.yaml beside the definition or here)")
	fs.StringVar(&f.store, "store", "", "where runs are kept: a folder or a bucket's URL (default: .runnable beside the definition)")
}

// inputs is everything that a command works on.
type inputs struct {
	*source
	flags      *inputFlags
	config     *config.Config
	configFile string
	configText []byte
	params     []engine.Named
	brings     *Options // what the program has of its own
	paramsFile string
	paramsText []byte
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
func (a *command) inputs(file string, f *inputFlags) (*inputs, error) {
	in, list, err := a.gather(file, f, true)
	if err != nil {
		return nil, err
	}
	return in, a.report(list, in.texts(), ExitInvalid)
}

// gather reads the definition, the configuration and the parameters. complete says that there will be no other
// parameters than those that are given.
func (a *command) gather(file string, f *inputFlags, complete bool) (*inputs, diag.List, error) {
	if err := f.recorded.Validate(); err != nil {
		return nil, nil, err
	}
	in := &inputs{flags: f, config: &config.Config{}, brings: &a.Options}
	var list diag.List
	if _, err := os.Stat(file); err == nil { // else there is one thing to say
		if list, err = in.readConfig(a.ctx, f.config, filepath.Dir(file)); err != nil {
			return nil, nil, err
		}
	}
	s, err := a.load(file, frontends.Options{Python: in.python(), WfFormat: f.recorded})
	if err != nil {
		return nil, nil, err
	}
	in.source = s
	if own := s.settings.ConfigurationFile; own != "" && f.config == "" {
		if list, err = in.readConfig(a.ctx, s.beside(own), s.dir()); err != nil {
			return nil, nil, err
		}
	}
	more, err := in.readInitial(a.ctx)
	if err != nil {
		return nil, nil, err
	}
	if list = append(list, more...); list.HasErrors() {
		s.check(nil)
	} else {
		s.check(in.sources(complete || in.paramsFile != "" || len(f.set) > 0))
	}
	return in, append(s.diags, list...), nil
}

// readInitial reads the initial parameters (SEMANTICS 2).
func (in *inputs) readInitial(ctx context.Context) (diag.List, error) {
	f := in.flags
	if f.began != nil {
		in.params = f.began
		return nil, nil
	}
	file := params.File(cmp.Or(f.paramsFile, in.beside(in.settings.ParametersFile)), f.env())
	if err := in.readParameters(ctx, file); err != nil {
		return nil, err
	}
	given, list := params.Load(params.Sources{File: file, FileBytes: in.paramsText, Env: f.env(), Set: f.set})
	in.params = given
	return list, nil
}

// python is the interpreter that the flag or the configuration sets, as named in every folder. A path of the
// configuration starts at its file.
func (in *inputs) python() string {
	set := in.config.Python
	switch {
	case in.flags.python != "":
		return interpreter(in.flags.python)
	case strings.ContainsRune(set, filepath.Separator) && !filepath.IsAbs(set):
		return absolute(filepath.Join(filepath.Dir(in.configFile), set))
	}
	return set
}

// sources is what is known for a comparison of the steps with the code that they call.
func (in *inputs) sources(complete bool) *pycheck.Options {
	o := &pycheck.Options{File: in.file, Complete: complete}
	for _, p := range in.params {
		o.Initial = append(o.Initial, p.Name)
	}
	return o
}

// beside finds a file that a definition names: from its own folder, or else from the current one.
func (s *source) beside(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	if file := filepath.Join(s.dir(), name); exists(file) {
		return file
	}
	return name
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
	file, err := config.Find(given, dir, in.flags.env())
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
	if in.config, list = config.Parse(file, in.configText, in.flags.env()); in.config == nil {
		in.config = &config.Config{}
	}
	in.configText = config.Shown(in.configText)
	return list, nil
}

// openers are the buckets that this program knows.
func openers() []store.Opener {
	return []store.Opener{s3store.Opener(), gcsstore.Opener(), azurestore.Opener()}
}

// secrets is the source of secrets that the configuration names.
func (in *inputs) secrets() step.Secrets {
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
	where, buckets := in.flags.store, slices.Concat(in.brings.Stores, openers())
	if where == "" {
		where = in.config.Store
		if in.config.Keys != nil { // they are of this store alone
			buckets = append([]store.Opener{s3store.OpenerWith(in.config.Keys.Reveal())}, buckets...)
		}
	}
	if where == "" {
		where = storeFolder(in.file)
	}
	st, err := store.Open(ctx, where, buckets...)
	return st, storeError(err)
}

// openStore opens the store for a command that needs no definition; the default is the one beside a definition of
// the current folder.
func (a *command) openStore(ctx context.Context, f *inputFlags) (*store.Store, error) {
	return a.openStoreOf(ctx, "pipeline.yaml", f)
}

// openStoreOf opens the store without reading the definition that it belongs to.
func (a *command) openStoreOf(ctx context.Context, file string, f *inputFlags) (*store.Store, error) {
	in := &inputs{source: &source{file: file}, flags: f, brings: &a.Options}
	list, err := in.readConfig(ctx, in.flags.config, in.dir())
	if err != nil {
		return nil, err
	}
	if err := a.report(list, in.texts(), ExitInvalid); err != nil {
		return nil, err
	}
	return in.openStore(ctx)
}

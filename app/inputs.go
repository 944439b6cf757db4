package app

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/runnable-render/runnable-render/config"
	"github.com/runnable-render/runnable-render/engine"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/params"
	"github.com/runnable-render/runnable-render/step"
	"github.com/runnable-render/runnable-render/store"
	"github.com/runnable-render/runnable-render/store/azurestore"
	"github.com/runnable-render/runnable-render/store/gcsstore"
	"github.com/runnable-render/runnable-render/store/s3store"
)

// inputFlags are the flags that say what comes to a definition: configuration, parameters, the store.
type inputFlags struct {
	config     string
	paramsFile string
	set        []string
	store      string
	closed     bool // the environment brings no parameters and no configuration: the flags say all
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
	f.registerStore(cmd)
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
}

// scope is the scope at the start of a run.
func (in *inputs) scope() *engine.Scope { return engine.InitialScope(in.params) }

// texts are the sources by name, for carets.
func (in *inputs) texts() map[string][]byte {
	texts := in.source.texts()
	if in.configFile != "" {
		texts[in.configFile] = config.Shown(in.configText) // without credentials
	}
	return texts
}

// inputs reads the definition, the configuration and the parameters, and prints what is wrong with any of them.
func (a *command) inputs(file string, f *inputFlags) (*inputs, error) {
	in, list, err := gather(file, f)
	if err != nil {
		return nil, err
	}
	return in, a.report(list, in.texts(), ExitInvalid)
}

// gather reads the definition, the configuration and the parameters.
func gather(file string, f *inputFlags) (*inputs, diag.List, error) {
	s, err := load(file)
	if err != nil {
		return nil, nil, err
	}
	in := &inputs{source: s, flags: f}
	list := s.diags
	more, err := in.readConfig(s.dir())
	if err != nil {
		return nil, nil, err
	}
	list = append(list, more...)
	in.params, more = params.Load(params.Sources{File: f.paramsFile, Env: f.env(), Set: f.set})
	return in, append(list, more...), nil
}

// readConfig reads the configuration file, if there is one.
func (in *inputs) readConfig(dir string) (diag.List, error) {
	file, err := config.Find(in.flags.config, dir, in.flags.env())
	if err != nil {
		return nil, fileError("read the configuration", err)
	}
	in.config = &config.Config{}
	if file == "" {
		return nil, nil
	}
	if in.configText, err = os.ReadFile(file); err != nil {
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
	where, buckets := in.flags.store, openers()
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
	in := &inputs{source: &source{file: file}, flags: f}
	list, err := in.readConfig(in.dir())
	if err != nil {
		return nil, err
	}
	if err := a.report(list, in.texts(), ExitInvalid); err != nil {
		return nil, err
	}
	return in.openStore(ctx)
}

// taskText is a leaf's task alone, without where the run goes on: what an edit of a step that succeeded changes.
func taskText(n ir.Node) string {
	return ir.DumpTask(n)
}

package app

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/backends"
	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends/pycheck"
	"github.com/runnable-render/runnable-render/internal/config"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/plugin"
)

// ownTargets are those that this program has itself: the built-in ones and those of a custom build.
func (o *Options) ownTargets() []target.Target {
	out := append(backends.All(), o.Targets...)
	for _, name := range slices.Sorted(maps.Keys(o.Backends)) {
		out = append(out, oldBackend{name, o.Backends[name]})
	}
	return out
}

// target finds a target by its name: one of this program's own, or a program on PATH.
func (a *command) target(ctx context.Context, name string) (target.Target, error) {
	own := a.ownTargets()
	if i := slices.IndexFunc(own, func(t target.Target) bool { return t.Name() == name }); i >= 0 {
		return own[i], nil
	}
	if program, found := plugin.LookPath(plugin.RoleBackend, name); found {
		return a.programs.get(ctx, name, program)
	}
	return nil, noTarget(name, own, graphTarget)
}

func noTarget(name string, known []target.Target, more ...string) error {
	names := append(strings.Split(targetNames(known), ", "), more...)
	text := fmt.Sprintf("--target %q: want %s%s", name, strings.Join(names, ", "), diag.DidYouMean(name, names))
	if plugin.ValidName(name) {
		text += "; there is no " + plugin.ProgramName(plugin.RoleBackend, name) + " on PATH either"
	}
	return &unknownTarget{text}
}

// unknownTarget is the error for a name that no target has.
type unknownTarget struct{ text string }

func (e *unknownTarget) Error() string { return e.text }

// sections are the targets whose options a section of the configuration may set.
func (o *Options) sections() config.Sections {
	s := config.Sections{Other: func(name string) bool {
		_, found := plugin.LookPath(plugin.RoleBackend, name)
		return found
	}}
	for _, t := range o.ownTargets() {
		if slices.ContainsFunc(target.OptionsOf(t.Options()), func(o target.Option) bool { return o.Key != "" }) {
			s.Names = append(s.Names, t.Name())
		}
	}
	return s
}

// graphTarget is the word after --target for a drawing of the definition itself.
const graphTarget = "graph"

// targetFlags are --target and the flags of targets' options.
type targetFlags struct {
	name   string
	target target.Target // once [targetFlags.find] has found it
	flags  *pflag.FlagSet
}

// register registers --target, and the flags that the tags of the targets' options declare. A program on PATH is asked
// for its flags where args name it.
func (f *targetFlags) register(ctx context.Context, a *command, cmd *cobra.Command, targets []target.Target, def, usage string) {
	f.flags = cmd.Flags()
	f.flags.StringVarP(&f.name, "target", "t", def, usage)
	var names []string
	for _, t := range targets {
		names = append(names, t.Name())
	}
	complete(cmd, "target", names...)
	if name := targetIn(a.args); name != "" && !a.isBuiltIn(plugin.RoleBackend, name) && plugin.ValidName(name) {
		if program, found := plugin.LookPath(plugin.RoleBackend, name); found {
			if t, err := a.programs.get(ctx, name, program); err == nil { // else it is told when it is used
				targets = append(targets, t)
			}
		}
	}
	f.registerOptions(cmd, targets)
}

func (f *targetFlags) registerOptions(cmd *cobra.Command, targets []target.Target) {
	owners := map[string][]string{}
	for _, t := range targets {
		for _, o := range target.OptionsOf(t.Options()) {
			owners[o.Flag] = append(owners[o.Flag], t.Name())
		}
	}
	for _, t := range targets {
		for _, o := range target.OptionsOf(t.Options()) {
			if o.Flag == "" || f.flags.Lookup(o.Flag) != nil {
				continue
			}
			usage := strings.Join(owners[o.Flag], ", ") + ": " + o.Help
			switch o.Type.Kind() {
			case reflect.Bool:
				f.flags.Bool(o.Flag, false, usage)
			case reflect.Int:
				f.flags.Int(o.Flag, 0, usage)
			default:
				f.flags.String(o.Flag, "", usage)
			}
			complete(cmd, o.Flag, o.Words()...)
		}
	}
}

// targetIn is what the words of a command line say after --target.
func targetIn(args []string) string {
	for i, arg := range args {
		for _, flag := range []string{"--target", "-t"} {
			if value, ok := strings.CutPrefix(arg, flag+"="); ok {
				return value
			}
			if arg == flag && i+1 < len(args) {
				return args[i+1]
			}
		}
	}
	return ""
}

// find finds the target, and refuses flags that would do nothing for it but those named.
func (f *targetFlags) find(a *command, cmd *cobra.Command, takes ...string) (err error) {
	if f.target, err = a.target(cmd.Context(), f.name); err != nil {
		return err
	}
	return f.takes(cmd, takes...)
}

// takes refuses flags that would do nothing for the target but those named.
func (f *targetFlags) takes(cmd *cobra.Command, names ...string) error {
	return only(cmd, "--target "+f.name, slices.Concat(names, f.own(), []string{"target"})...)
}

// own are the flags of the target's options.
func (f *targetFlags) own() []string {
	var out []string
	for _, o := range target.OptionsOf(f.target.Options()) {
		if o.Flag != "" {
			out = append(out, o.Flag)
		}
	}
	return out
}

// given are the flags of the target's options that the command line gives.
func (f *targetFlags) given() map[string]string {
	out := map[string]string{}
	for _, name := range f.own() {
		if flag := f.flags.Lookup(name); flag != nil && flag.Changed {
			out[name] = flag.Value.String()
		}
	}
	return out
}

// line is the flags as a command takes them that goes on with a run.
func (f *targetFlags) line() string {
	out := " --target " + quoteArg(f.name)
	given := f.given()
	for _, name := range slices.Sorted(maps.Keys(given)) {
		out += " --" + name + "=" + quoteArg(given[name])
	}
	return out
}

// targetNames lists targets in a sentence.
func targetNames(targets []target.Target) string {
	var names []string
	for _, t := range targets {
		names = append(names, t.Name())
	}
	return strings.Join(names, ", ")
}

// here reports whether the target is this machine, whose runs this program drives itself.
func (f *targetFlags) here() bool { return f.name == local.Name }

// starters are the targets that can start a run, and this machine.
func (o *Options) starters() []target.Target {
	return slices.DeleteFunc(o.ownTargets(), func(t target.Target) bool {
		_, starts := t.(target.Starter)
		return !starts && t.Name() != local.Name
	})
}

// render renders for a target: its options are those of the configuration's section, over them the keys of the
// configuration that all targets share, over them flags.
func (in *inputs) render(t target.Target, flags map[string]string, folder bool) (target.Rendering, diag.List, error) {
	o := t.Options()
	list := target.Decode(o, in.configFile, t.Name(), located(in.config.Targets[t.Name()]))
	if list.HasErrors() {
		return target.Rendering{}, list, nil
	}
	if typed, ok := o.(target.Typed); ok {
		typed.Default(in.config.Targets[t.Name()].Type)
	}
	if err := target.Set(o, in.config.Shared(), flags); err != nil {
		return target.Rendering{}, nil, err
	}
	with := target.Inputs{Store: in.remoteStore(), StoreFolder: in.sharedStore(), Source: filepath.Base(in.file), Definition: in.inImage(), ConfigFile: in.configFile, Release: release(), Folder: folder}
	for _, n := range in.params {
		with.Parameters = append(with.Parameters, target.Parameter{Name: n.Name, Value: n.Value.JSON})
	}
	if refused := target.Refused(t, in.pipeline); refused.HasErrors() {
		return target.Rendering{}, append(list, refused...), nil
	}
	if t.Name() != local.Name {
		list = append(list, in.notInImage()...)
		list = append(list, in.notStarted(t)...)
	}
	r, more := t.Render(in.pipeline, with, o)
	return r, append(list, more...), nil
}

// notStarted warns of the schedules of a pipeline where the target starts nothing by time.
func (in *inputs) notStarted(t target.Target) diag.List {
	var list diag.List
	if instead := t.About().Limits[target.Schedules]; instead != "" {
		for _, s := range in.pipeline.Schedules {
			list.Add(diag.Warningf("RR0723", s.Span, "%s does not start scheduled runs, so the schedule %q is ignored; %s", t.Name(), s.Cron, instead))
		}
	}
	return list
}

// inImage is the definition's path in the working folder of an image; empty where that tells nothing: nothing of the
// pipeline is looked for beside the definition, or that is the working folder.
func (in *inputs) inImage() string {
	source := in.layout.Source()
	if path.Dir(source) == "." || !pycheck.LooksForCode(in.pipeline) {
		return ""
	}
	return source
}

// remoteStore is the store of a rendered target: the one of the configuration or the flag, when it is no folder of
// this machine, which no container could reach.
func (in *inputs) remoteStore() string {
	where := or(in.flags.store, in.config.Store)
	if strings.Contains(where, "://") && !strings.HasPrefix(where, "file://") {
		return where
	}
	return ""
}

// sharedStore is the folder that the configuration or the flag names as the store; empty: none does.
func (in *inputs) sharedStore() string {
	if in.remoteStore() != "" {
		return ""
	}
	return strings.TrimPrefix(or(in.flags.store, in.config.Store), "file://")
}

func or(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

// targetsCommand lists the targets and what each can express.
func (a *command) targetsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "targets",
		Short: "List the targets, and what each can express",
		Args:  operands(nil, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			targets := a.ownTargets()
			for _, f := range plugin.Find(cmd.Context(), os.Getenv("PATH"), a.isBuiltIn) {
				if f.Role == plugin.RoleBackend && f.Refused == "" {
					if t, err := a.programs.get(cmd.Context(), f.Name, f.Program); err == nil {
						targets = append(targets, t)
					}
				}
			}
			return printTargets(a.stdout, targets)
		},
	}
}

// located is a section of the configuration as a YAML tree whose nodes know their places in the file.
func located(s config.Section) *yaml.Node {
	text := s.JSON
	if len(text) == 0 {
		text = []byte("{}")
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil || len(doc.Content) == 0 {
		return &yaml.Node{Kind: yaml.MappingNode}
	}
	place(doc.Content[0], "", s)
	return doc.Content[0]
}

func place(n *yaml.Node, pointer string, s config.Section) {
	span := s.At(pointer)
	n.Line, n.Column = span.Line, span.Col
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			at := pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(n.Content[i].Value)
			key := s.At(at)
			n.Content[i].Line, n.Content[i].Column = key.Line, key.Col
			place(n.Content[i+1], at, s)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			place(c, pointer+"/"+strconv.Itoa(i), s)
		}
	case yaml.DocumentNode, yaml.ScalarNode, yaml.AliasNode:
	}
}

// printTargets prints each target, and a table with a row for each feature.
func printTargets(w io.Writer, targets []target.Target) error {
	rows := [][]string{{"TARGET", "WHAT IT IS", "RUN", "ASK", "FLAGS"}}
	features := [][]string{{"FEATURE"}}
	for _, f := range target.Features() {
		features = append(features, []string{string(f)})
	}
	for _, t := range targets {
		about := t.About()
		rows = append(rows, []string{t.Name(), about.Title, yes(canStart(t)), yes(canTell(t)), strings.Join(flagsOf(t), " ")})
		features[0] = append(features[0], t.Name())
		for i, f := range target.Features() {
			features[i+1] = append(features[i+1], or(about.Limits[f], "yes"))
		}
	}
	if err := table(w, rows); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return table(w, features)
}

func canStart(t target.Target) bool {
	_, ok := t.(target.Starter)
	return ok || t.Name() == local.Name
}

func canTell(t target.Target) bool {
	_, ok := t.(target.Prober)
	return ok || t.Name() == local.Name
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

func flagsOf(t target.Target) []string {
	var out []string
	for _, o := range target.OptionsOf(t.Options()) {
		if o.Flag != "" {
			out = append(out, "--"+o.Flag)
		}
	}
	return out
}

package app

import (
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/backends/argo"
	"github.com/runnable-render/runnable-render/backends/compose"
	"github.com/runnable-render/runnable-render/frontends/pycheck"
	"github.com/runnable-render/runnable-render/internal/config"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir/diag"
)

// argo renders for Argo.
func (in *inputs) argo(f *renderFlags) (map[string][]byte, argo.Summary, diag.List, error) {
	version, err := argo.ParseVersion(f.argoVersion)
	if err != nil {
		return nil, argo.Summary{}, nil, err
	}
	settings, list := argo.DecodeConfig(in.configFile, located(in.config.Argo))
	if list.HasErrors() {
		return nil, argo.Summary{}, list, nil
	}
	o := argo.Options{
		Config: settings, ConfigFile: or(in.configFile, config.DefaultFile),
		Image: or(f.image, in.config.Image), RunnerImage: or(f.runnerImage, in.config.RunnerImage),
		Namespace: or(f.namespace, in.config.Namespace), ServiceAccount: or(f.serviceAccount, in.config.ServiceAccount),
		Store: in.remoteStore(), Definition: in.inImage(), Version: version, Directory: isFolder(f.output), Release: release(),
	}
	if o.Parameters, err = renderParameters[argo.Parameter](in.params); err != nil {
		return nil, argo.Summary{}, nil, err
	}
	files, sum, more := argo.RenderSummary(in.pipeline, o)
	return files, sum, append(list, more...), nil
}

// compose renders for docker-compose.
func (in *inputs) compose(f *renderFlags) (map[string][]byte, diag.List, error) {
	o := compose.Options{
		Image: or(f.image, in.config.Image), RunnerImage: or(f.runnerImage, in.config.RunnerImage),
		Store: in.remoteStore(), ConfigFile: in.configFile, Source: filepath.Base(in.file), Release: release(),
		Definition: in.inImage(),
	}
	var err error
	var wrong diag.List
	if o.Defaults, o.Overrides, wrong = compose.DecodeConfig(in.config.Compose.JSON, in.config.Compose.At); wrong.HasErrors() {
		return nil, wrong, nil
	}
	if o.Version, err = composeVersion(f.composeVersion); err != nil {
		return nil, nil, err
	}
	if o.Parameters, err = renderParameters[compose.Parameter](in.params); err != nil {
		return nil, nil, err
	}
	files, list := compose.Render(in.pipeline, o)
	return files, list, nil
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

// parameter is what the targets have in common of theirs.
type parameter interface {
	~struct {
		Name  string
		Value json.RawMessage
	}
}

func renderParameters[P parameter](named []engine.Named) ([]P, error) {
	out := make([]P, len(named))
	for i, n := range named {
		out[i] = P{Name: n.Name, Value: n.Value.JSON}
	}
	return out, nil
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

func or(first, second string) string {
	if first != "" {
		return first
	}
	return second
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

// argoNote is what stands after a render for Argo.
func (a *command) argoNote(sum argo.Summary, in *inputs, output string) {
	pods := plural(sum.Pods, "pod")
	if sum.Inside > 0 {
		pods += " and more for each further item or iteration"
	}
	fmt.Fprintf(a.stderr, "note: %s, %s (%d of them control), store: %s\n", plural(sum.Steps, "step"), pods, sum.Control, sum.Store)
	for _, n := range sum.Notes {
		fmt.Fprintln(a.stderr, "note: "+n)
	}
	file := or(output, "wf.yaml")
	if isFolder(output) {
		fmt.Fprintf(a.stderr, "next: kubectl apply -k %s\n", quoteArg(output))
		return
	}
	fmt.Fprintf(a.stderr, "next: argo submit --watch %s\n", quoteArg(file))
}

// composeNote is what stands after a render for docker-compose.
func (a *command) composeNote(in *inputs, f *renderFlags) {
	fmt.Fprintf(a.stderr, "note: %s, image: %s\n", plural(countLeaves(in.pipeline), "step"), or(or(f.image, in.config.Image), "as the steps say"))
	file := or(f.output, compose.FileName)
	if isFolder(file) {
		file = filepath.Join(file, compose.FileName)
	}
	fmt.Fprintf(a.stderr, "next: docker-compose -f %s run --rm result\n", quoteArg(file))
}

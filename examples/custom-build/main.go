// Command custom-build is the command line with a task kind, a frontend, a target, a backend, a store and a source of
// secrets of its own. It includes all of runnable-render; Options lists what it adds.
//
//	go run ./examples/custom-build plugins
//	go run ./examples/custom-build run examples/custom-build/rot13.yaml
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/runnable-render/runnable-render/app"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/examples/custom-build/shell"
	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/plugin"
	"github.com/runnable-render/runnable-render/plugin/buckets"
)

func main() {
	os.Exit(app.Main(options(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func options() app.Options {
	return app.Options{
		Name:      "custom-build",
		Tasks:     map[string]plugin.Task{"rot13": plugin.TaskFunc(rot13)},
		Targets:   []target.Target{shell.Target{}},
		Backends:  map[string]plugin.Backend{"names": plugin.BackendFunc(names)},
		Frontends: []frontends.Frontend{{Name: "commented YAML", Extensions: []string{".cyaml"}, Read: commented}},
		Stores:    []buckets.Opener{scratch()},
		Secrets:   vault{"TOKEN": "a token of this build"},
	}
}

// rot13 is a task kind: it turns the letters of its command, and of the secret TOKEN where the step declares it.
func rot13(_ context.Context, r *plugin.TaskRequest) (*plugin.TaskAnswer, error) {
	turned := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z':
			return 'a' + (c-'a'+13)%26
		case c >= 'A' && c <= 'Z':
			return 'A' + (c-'A'+13)%26
		}
		return c
	}, r.Command)
	fmt.Printf("turned %d bytes, with a token of %d\n", len(turned), len(os.Getenv("TOKEN")))
	text, err := json.Marshal(turned)
	a := &plugin.TaskAnswer{Returns: map[string]json.RawMessage{}}
	for _, ret := range r.Returns {
		a.Returns[ret.Name] = text
	}
	return a, err
}

// names is a backend: it renders the names of the steps, one a line.
func names(p *ir.Pipeline, _ plugin.BackendOptions) (map[string][]byte, diag.List) {
	var b strings.Builder
	for v := range ir.Walk(p) {
		b.WriteString(v.Path + "\n")
	}
	return map[string][]byte{"names.txt": []byte(b.String())}, nil
}

// commented is a frontend: YAML in which lines that begin with // are comments.
func commented(_ context.Context, file string, src []byte, _ frontends.Options) frontends.Result {
	lines := strings.Split(string(src), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "//") {
			lines[i] = "#" + l[2:]
		}
	}
	p, list := yamldef.Parse(file, []byte(strings.Join(lines, "\n")))
	return frontends.Result{Pipeline: p, Diags: list}
}

// scratch is a store that goes with the process.
func scratch() buckets.Opener {
	return buckets.Opener{Scheme: "scratch", Open: func(context.Context, *url.URL) (*blob.Bucket, error) { return memblob.OpenBucket(nil), nil }}
}

// vault is a source of secrets.
type vault map[string]string

// Secret implements [plugin.Secrets].
func (v vault) Secret(name string) (string, bool, error) {
	value, ok := v[name]
	return value, ok, nil
}

// Source implements [plugin.Secrets].
func (vault) Source() string { return "custom-build" }

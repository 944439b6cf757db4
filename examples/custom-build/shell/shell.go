// Package shell is a target: a shell script that runs the steps of a pipeline one after another, on one machine. The
// script determines when a step may start, the runner decides what to do.
package shell

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"syscall"

	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// Target is the target.
type Target struct{}

// options are the flags of the target and its section of the configuration.
type options struct {
	Shell  string `flag:"shell" cfg:"shell" is:"sh|bash|dash" help:"shell that the script is for (default: sh)"`
	Runner string `flag:"runner" cfg:"runner" help:"the program runnable-step (default: the one on PATH)"`
	Strict bool   `cfg:"strict" help:"the script ends at a variable that is not set"`
}

// Name implements [target.Target].
func (Target) Name() string { return "shell" }

// About implements [target.Target].
func (Target) About() target.About {
	return target.About{
		Title: "a shell script, one step after another",
		Limits: map[target.Feature]string{
			target.Parallel: "one step after another", target.Map: "in one process", target.Loop: "in one process",
			target.Images: "not used", target.Resources: "not used", target.GPUs: "not used", target.Schedules: "not: start it by cron",
		},
	}
}

// Options implements [target.Target].
func (Target) Options() any { return &options{Shell: "sh", Runner: "runnable-step"} }

// capabilities tell the runner how to treat the script (docs/architecture.md).
const capabilities = "exit=code attempts=all begin=target control=none parameters=plain"

// maxDefinition bounds the definition, which travels as a variable.
const maxDefinition = 96 << 10

// Render implements [target.Target].
func (Target) Render(p *ir.Pipeline, in target.Inputs, given any) (target.Rendering, diag.List) {
	o := given.(*options)
	definition, err := irjson.Encode(p)
	if err != nil || len(definition) > maxDefinition {
		return target.Rendering{}, diag.List{diag.Errorf("RR0018", p.Span, "the definition does not fit into a variable of a shell script; render for another target")}
	}
	var parameters []string
	for _, param := range in.Parameters {
		name, _ := json.Marshal(param.Name) // a string always marshals
		parameters = append(parameters, string(name)+": "+string(param.Value))
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "#!/usr/bin/env %s\n", o.Shell)
	if o.Strict {
		b.WriteString("set -u\n")
	}
	for _, v := range [][2]string{
		{"TARGET", "shell"}, {"CAPABILITIES", capabilities}, {"DEFINITION", string(definition)}, {"PARAMETERS", "{" + strings.Join(parameters, ", ") + "}"},
	} {
		fmt.Fprintf(&b, "export RUNNABLE_%s=%s\n", v[0], quoted(v[1]))
	}
	fmt.Fprintf(&b, "export RUNNABLE_STORE=\"${RUNNABLE_STORE:-%s}\" RUNNABLE_RUN_ID=\"${RUNNABLE_RUN_ID:-$(date +%%s)}\"\n\n", in.Store)
	fmt.Fprintf(&b, "step() { %s \"$@\"; }\nstep begin || exit 3\n", quoted(o.Runner))
	for _, n := range ordered(p.Graph) {
		command := "run"
		if !ir.IsLeaf(n) {
			command = "subtree"
		}
		fmt.Fprintf(&b, "step %s %s\n", command, quoted(strings.ReplaceAll(n.Base().Name, "%", "%25")))
	}
	b.WriteString("step result\n")
	return target.Rendering{
		Files: map[string][]byte{"run.sh": b.Bytes()}, Comment: "#", Next: o.Shell + " %s",
		Notes: []string{target.Count(ir.Leaves(p), "step") + ", one after another"},
	}, nil
}

// ordered are the nodes of a graph, each after all that lead to it. Those that the run does not come to do nothing.
func ordered(g *ir.Graph) []ir.Node {
	var out []ir.Node
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		i := g.Index(name)
		if i < 0 || seen[name] { // the end of the graph, or done
			return
		}
		seen[name] = true
		base := g.Nodes[i].Base()
		visit(base.Next.Name)
		visit(base.OnFailure.Name)
		for _, n := range g.Nodes { // those that need it
			for _, need := range n.Base().Needs {
				if need.Name == name {
					visit(n.Base().Name)
				}
			}
		}
		out = append(out, g.Nodes[i])
	}
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		visit(g.Nodes[i].Base().Name)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// Start implements [target.Starter].
func (Target) Start(ctx context.Context, r target.Rendering, run target.Run) error {
	cmd := exec.CommandContext(ctx, "sh", "-c", string(r.Files["run.sh"]))
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Dir, cmd.Stdout, cmd.Stderr = run.Dir, run.Log, run.Log
	cmd.Env = append(run.Environ, "RUNNABLE_RUN_ID="+run.ID, "RUNNABLE_TAG="+strings.Join(run.Tags, ","))
	if run.Folder != "" {
		cmd.Env = append(cmd.Env, "RUNNABLE_STORE=file://"+run.Folder)
	}
	if run.Retry {
		cmd.Env = append(cmd.Env, "RUNNABLE_RETRY=1")
	}
	return cmd.Run()
}

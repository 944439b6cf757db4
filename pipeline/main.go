package pipeline

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/plugin"
)

// Main is all that the main function of a pipeline's program needs: runnable-render asks the program for its graph,
// and calls its functions. A program that shall be a command itself calls app.Main instead.
func Main(p *Pipeline) {
	code, called := Serve(p, os.Args[1:], os.Stderr)
	if !called {
		file := p.File()
		fmt.Fprintf(os.Stderr, "This program defines a pipeline. To run it, or to render it:\n\n  runnable-render run %s\n  runnable-render %s --target argo\n", file, file)
		code = 2
	}
	os.Exit(code)
}

// Serve answers a call of runnable-render and returns the exit code; called is false when args are no such call.
func Serve(p *Pipeline, args []string, stderr io.Writer) (code int, called bool) {
	return Program(p).Serve(args, stderr)
}

// Program is the pipeline's program as a plugin: a frontend for its own graph, and the tasks of the kind go.
func Program(p *Pipeline) plugin.Program {
	return plugin.Program{
		Description: "a pipeline in Go",
		Task:        plugin.TaskFunc(p.task),
		Frontend: plugin.FrontendFunc(func(string, []byte) (*ir.Pipeline, diag.List) {
			return p.IR()
		}),
	}
}

// task calls the function that the request names.
func (p *Pipeline) task(ctx context.Context, r *plugin.TaskRequest) (*plugin.TaskAnswer, error) {
	if r.Kind != "go" {
		return nil, fmt.Errorf("this program runs Go functions, not commands of the type %q", r.Kind)
	}
	functions, problems := p.functions()
	f, ok := functions[r.Command]
	if !ok {
		return nil, unknownFunction(r.Command, slices.Sorted(maps.Keys(functions)))
	}
	for _, d := range problems {
		if d.Severity == diag.Error {
			return nil, fmt.Errorf("%s: %s", d.Span, d.Message)
		}
	}
	return f.run(ctx, r)
}

func unknownFunction(name string, known []string) error {
	hint := diag.DidYouMean(name, known)
	if hint == "" && len(known) > 0 {
		hint = "; it has " + strings.Join(known, ", ")
	}
	return fmt.Errorf("no step of this program's pipeline is the Go function %q%s; is this the program of the definition?", name, hint)
}

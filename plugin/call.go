package plugin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/internal/procgroup"
	"github.com/runnable-render/runnable-render/internal/workfolder"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/diag"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

// Call is how a program that is no task is called.
type Call struct {
	Program string
	Dir     string        // the working folder; empty: the process's own
	Log     io.Writer     // what the program prints; nil: nowhere
	Limit   time.Duration // after which it is stopped; 0: a minute
	Environ []string      // nil: the process's own
}

// NoLimit is a limit that is never reached.
const NoLimit = time.Duration(math.MaxInt64)

// Answered calls the program and reads its answer. A nil request is for verbs without one.
func (c Call) Answered(ctx context.Context, verb string, request, into any) error {
	dir, release, err := workfolder.NewTemp("runnable-render-plugin-")
	if err != nil {
		return err
	}
	defer func() { _ = release() }()
	args := []string{verb}
	if request != nil {
		data, err := json.Marshal(request)
		if err != nil {
			return err
		}
		args = append(args, filepath.Join(dir, "request.json"))
		if err := os.WriteFile(args[1], data, 0o600); err != nil {
			return err
		}
	}
	file := filepath.Join(dir, "answer.json")
	if err := c.run(ctx, append(args, file)); err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("it ended without an answer to %s", verb)
	}
	if err != nil {
		return err
	}
	if err := Decode(data, into); err != nil {
		return fmt.Errorf("its answer cannot be used: %w", err)
	}
	return nil
}

// run starts the program and waits for its end. The error of a program that failed is the last line that it printed.
func (c Call) run(ctx context.Context, args []string) error {
	limit := c.Limit
	if limit == 0 {
		limit = time.Minute
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it did not end within %s", limit))
	defer cancel()
	var printed bytes.Buffer
	cmd := exec.CommandContext(ctx, c.Program, args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = c.Dir, c.Environ, procgroup.Own()
	cmd.Cancel, cmd.WaitDelay = func() error { return procgroup.Kill(cmd.Process) }, time.Second
	if c.Limit == NoLimit { // a run, which is to be stopped in order
		cmd.Cancel, cmd.WaitDelay = func() error { return procgroup.Terminate(cmd.Process) }, time.Minute
	}
	cmd.Stdout = &printed
	if c.Log != nil {
		cmd.Stdout = io.MultiWriter(&printed, c.Log)
	}
	cmd.Stderr = cmd.Stdout
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		_ = procgroup.Kill(cmd.Process) // what it started goes with it
		return context.Cause(ctx)
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	text := strings.TrimSpace(printed.String())
	if last := text[strings.LastIndexByte(text, '\n')+1:]; last != "" {
		return fmt.Errorf("%w: %s", err, last)
	}
	return err
}

// Describe asks the program what it is.
func (c Call) Describe(ctx context.Context) (Description, error) {
	var d Description
	err := c.Answered(ctx, VerbDescribe, nil, &d)
	return d, err
}

// Parse asks the program for the graph of a definition. The error is about the program.
func (c Call) Parse(ctx context.Context, file string, text []byte) (*ir.Pipeline, diag.List, error) {
	var a FrontendAnswer
	if err := c.Answered(ctx, VerbFrontend, FrontendRequest{Version, file, string(text)}, &a); err != nil {
		return nil, nil, err
	}
	list := List(a.Diagnostics, file)
	if list.HasErrors() {
		return nil, list, nil
	}
	if a.Pipeline == nil {
		return nil, list, fmt.Errorf("its answer has neither a pipeline nor an error")
	}
	p, err := irjson.Decode(a.Pipeline)
	if err != nil {
		return nil, list, fmt.Errorf("its answer cannot be used: %w", err)
	}
	return p, list, nil
}

// Rendered is what a program has rendered.
type Rendered struct {
	Files   map[string][]byte
	Notes   []string
	Diagram *Diagram // nil: there is none
}

// RenderAs asks the program to render a pipeline, by a request of a version. The error is about the program.
func (c Call) RenderAs(ctx context.Context, version int, p *ir.Pipeline, o BackendOptions) (Rendered, diag.List, error) {
	var out Rendered
	text, err := irjson.EncodeWithSpans(p)
	if err != nil {
		return out, nil, err
	}
	var a BackendAnswer
	request := BackendRequest{Version: version, Pipeline: text, Parameters: o.Parameters, Image: o.Image, Store: o.Store, Source: o.Source}
	if version > 1 {
		request.Options, request.ConfigFile, request.Release, request.Folder = o.Options, o.ConfigFile, o.Release, o.Folder
	}
	if err := c.Answered(ctx, VerbBackend, request, &a); err != nil {
		return out, nil, err
	}
	list := List(a.Diagnostics, "")
	if list.HasErrors() {
		return out, list, nil
	}
	if len(a.Files) == 0 {
		return out, list, fmt.Errorf("its answer has neither files nor an error")
	}
	out.Files, out.Notes, out.Diagram = map[string][]byte{}, a.Notes, a.Diagram
	for name, text := range a.Files {
		if !filepath.IsLocal(name) || name != filepath.Base(name) {
			return Rendered{}, list, fmt.Errorf("its answer has a file named %q; want plain names", name)
		}
		out.Files[name] = []byte(text)
	}
	return out, list, nil
}

// Start asks the program to start a run, and returns when it has ended.
func (c Call) Start(ctx context.Context, r StartRequest) error {
	r.Version = RenderVersion
	return c.Answered(ctx, VerbStart, r, &Done{})
}

// Probe asks the program whether a run goes on.
func (c Call) Probe(ctx context.Context, r ProbeRequest) (state, hint string, err error) {
	r.Version = RenderVersion
	var a ProbeAnswer
	err = c.Answered(ctx, VerbProbe, r, &a)
	return a.State, a.Hint, err
}

package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
)

// session is one command's hold on its run.
type session struct {
	env            environment
	store          *store.Store
	pipeline       *ir.Pipeline
	run            string
	target         string
	header         engine.Header
	initial        *engine.Scope
	ended          *store.End // compose: how the run ended when this command began; nil: it goes on
	facts          engine.Facts
	resolver       *engine.Resolver
	runtime        *step.Runtime
	dir            string
	environ        []string // the user's, without what is the runner's own
	stdout, stderr io.Writer
}

// open reads the environment, opens the store and makes sure of the run's header.
func open(ctx context.Context, o Options, command string, environ []string, stdout, stderr io.Writer) (*session, error) {
	s := &session{env: readEnvironment(environ), environ: userEnvironment(environ), stdout: stdout, stderr: stderr}
	p, text, err := s.env.definition()
	if err != nil {
		return nil, err
	}
	s.pipeline, s.target = p, s.env[runnerenv.Target]
	begins := s.target == targetCompose && command == "begin"
	if begins {
		if err := store.Share(s.env[runnerenv.Store], s.env[runnerenv.Run]); err != nil {
			return nil, err
		}
	}
	if s.store, err = store.Open(ctx, s.env[runnerenv.Store], o.Openers...); err != nil {
		return nil, err
	}
	if s.run, err = s.runID(); err != nil && !begins {
		return nil, err
	}
	params, err := s.env.parameters()
	if err != nil {
		return nil, err
	}
	tags, err := store.ParseTags(s.env[runnerenv.Tag])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", runnerenv.Tag, err)
	}
	header := engine.Header{
		Version: store.HeaderVersion, Run: s.run, Pipeline: p.Name, Target: s.target, Owner: s.env[runnerenv.Owner],
		Tags: tags, Started: time.Now().UTC(), Definition: text, Parameters: params, Code: s.code(),
	}
	switch {
	case begins:
		s.run = s.env[runnerenv.Run]
		err = s.begin(ctx, environ, header)
	case s.target == targetCompose:
		err = s.begun(ctx)
	default:
		err = s.claim(ctx, header, command)
	}
	if err != nil {
		return nil, err
	}
	return s, s.ready(ctx)
}

// runID is the run that the target chose.
func (s *session) runID() (string, error) {
	if run := s.env[runnerenv.Run]; run != "" {
		return run, nil
	}
	file := s.env[runnerenv.RunFile]
	if file == "" {
		return "", fmt.Errorf("%s is not set", runnerenv.Run)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("the run: %w", err)
	}
	return strings.TrimSpace(string(data)), nil
}

// begun reads the header that begin has written, and how the run ended.
func (s *session) begun(ctx context.Context) (err error) {
	if s.header, err = s.store.Header(ctx, s.run); err != nil {
		return err
	}
	s.ended, err = s.store.End(ctx, s.run)
	return err
}

// claim writes the header, or takes over the one that is there when it is this workflow's own. A workflow that has ended
// and whose pods start all the same is one that its own orchestrator retries: its end does not count any more.
func (s *session) claim(ctx context.Context, h engine.Header, command string) error {
	err := s.store.CreateRun(ctx, h)
	var taken *store.RunExistsError
	switch {
	case err == nil:
		s.header = h
		return nil
	case !errors.As(err, &taken):
		return err
	case taken.Header.Owner != h.Owner:
		return fmt.Errorf("run %q belongs to another %s (%s, this one is %s); give a run id of its own, or leave it out", s.run, s.ownerName(), taken.Header.Owner, h.Owner)
	}
	s.header = taken.Header
	if command == "close" || command == "hooks" {
		return nil
	}
	end, err := s.store.End(ctx, s.run)
	if err != nil || end == nil {
		return err
	}
	return s.store.Reopen(ctx, s.run)
}

func (s *session) ownerName() string {
	if s.target == "argo" {
		return "workflow"
	}
	return "owner"
}

// code is the identity of what runs here.
func (s *session) code() map[string]string {
	code := map[string]string{}
	for key, name := range map[string]string{"image": runnerenv.Image, "workflow": runnerenv.Workflow, "workflow_uid": runnerenv.Owner} {
		if v := s.env[name]; v != "" {
			code[key] = v
		}
	}
	return code
}

// ready makes what the commands work with. The run's parameters are those of its header: a retry keeps them.
func (s *session) ready(ctx context.Context) error {
	s.initial = engine.InitialScope(s.header.Parameters)
	s.facts = s.store.Facts(ctx, s.run)
	retried, err := s.store.Retried(ctx, s.run)
	if err != nil {
		return err
	}
	s.resolver = &engine.Resolver{Pipeline: s.pipeline, Initial: s.initial, Facts: s.facts, Blobs: s.store.Blobs(ctx), Careful: retried}
	image, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("the working folder: %w", err)
	}
	if s.dir, err = workFolder(image); err != nil {
		return err
	}
	s.runtime = step.New(step.Options{
		Python: s.env[runnerenv.Python], Definition: s.dir, Cold: true, Environ: s.environ, Code: s.code(),
		SecretNames: local.SecretNames(s.pipeline), Secrets: s.secrets(),
	})
	return nil
}

// secrets are files where the target says so, else variables.
func (s *session) secrets() step.Secrets {
	if dir := s.env[runnerenv.Secrets]; dir != "" {
		return secretFiles(dir)
	}
	return nil
}

// secretFiles is a folder that holds a file for each secret.
type secretFiles string

// Secret implements [step.Secrets].
func (dir secretFiles) Secret(name string) (string, bool, error) {
	data, err := os.ReadFile(filepath.Join(string(dir), name))
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	return string(data), err == nil, err
}

// Source implements [step.Secrets].
func (dir secretFiles) Source() string { return string(dir) }

func (s *session) close() {
	if s.runtime != nil {
		_ = s.runtime.Close()
	}
	_ = s.store.Close()
}

// controlFile is where a control value goes unless --out names a file.
const controlFile = "/runnable/out/control"

// emit writes a control value for the target to read. In compose nobody reads one.
func (s *session) emit(file, value string) error {
	if file == "" && s.target == targetCompose {
		return nil
	}
	file = cmp.Or(file, controlFile)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("control value: %w", err)
	}
	if err := os.WriteFile(file, []byte(value), 0o644); err != nil {
		return fmt.Errorf("control value: %w", err)
	}
	return nil
}

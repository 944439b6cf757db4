package runner

import (
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
	"github.com/runnable-render/runnable-render/internal/project"
	"github.com/runnable-render/runnable-render/internal/runnerenv"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/plugin"
)

// session is one command's hold on its run.
type session struct {
	env            environment
	store          *store.Store
	pipeline       *ir.Pipeline
	run            string
	target         string
	can            runnerenv.Capabilities
	header         engine.Header
	initial        *engine.Scope
	ended          *store.End // where begin chose the run: how it ended before this command; nil: it goes on
	facts          engine.Facts
	resolver       *engine.Resolver
	runtime        *step.Runtime
	dir            string
	remove         func()   // what was made for this command alone
	environ        []string // the user's, without what is the runner's own
	stdout, stderr io.Writer
}

// open reads the environment, opens the store and writes the run's header if it is missing.
func open(ctx context.Context, o Options, command string, environ []string, stdout, stderr io.Writer) (*session, error) {
	s := &session{env: readEnvironment(environ), environ: userEnvironment(environ), stdout: stdout, stderr: stderr}
	var err error
	s.target = s.env[runnerenv.Target]
	if s.can, err = runnerenv.CapabilitiesOf(s.target, s.env[runnerenv.CapabilitiesVariable]); err != nil {
		return nil, err
	}
	if err := s.keepUmask(); err != nil {
		return nil, err
	}
	begins := s.chosen() && command == "begin"
	if begins && s.env[runnerenv.Umask] == "" { // a volume of the plan's own, which the users of all images write to
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
	text, err := s.definition(ctx)
	if err != nil {
		return nil, err
	}
	params, err := s.parameters(environ)
	if errors.As(err, &unfitError{}) && s.started(ctx) { // then the header has those that count
		err = nil
	}
	if err != nil {
		return nil, err
	}
	tags, err := store.ParseTags(s.env[runnerenv.Tag])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", runnerenv.Tag, err)
	}
	header := engine.Header{
		Version: store.HeaderVersion, Run: s.run, Pipeline: s.pipeline.Name, Target: s.target, Owner: s.env[runnerenv.Owner],
		Tags: tags, Started: time.Now().UTC(), Definition: text, Parameters: params, Code: s.code(),
	}
	switch {
	case begins:
		s.run = s.env[runnerenv.Run]
		err = s.begin(ctx, environ, header)
	case s.chosen():
		err = s.begun(ctx)
	default:
		err = s.claim(ctx, header, command)
	}
	if err != nil {
		return nil, err
	}
	return s, s.ready(ctx)
}

// started reports whether the run has a header.
func (s *session) started(ctx context.Context) bool {
	_, err := s.store.Header(ctx, s.run)
	return s.run != "" && err == nil
}

// chosen reports whether the command begin chooses the run: no engine gives it a name.
func (s *session) chosen() bool { return s.can.Begin == runnerenv.BeginRunner }

// byCode reports whether the target learns of a step by its exit code.
func (s *session) byCode() bool { return s.can.Exit == runnerenv.ExitCode }

// runID is the run that the target names.
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

// claim writes the header, or takes over the one that is there when it is this owner's. Where steps of a run start that
// has ended, its engine retries it: the end does not count any more.
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
		return fmt.Errorf("run %q belongs to another owner (%q, this one is %q); give a run id of its own, or leave it out", s.run, taken.Header.Owner, h.Owner)
	}
	s.header = taken.Header
	if command == "close" || command == "hooks" || command == "result" {
		return nil
	}
	end, err := s.store.End(ctx, s.run)
	if err != nil || end == nil {
		return err
	}
	return s.store.Reopen(ctx, s.run)
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
	if s.dir, s.remove, err = s.workFolder(image, s.can.Folder == runnerenv.FolderOwn); err != nil {
		return err
	}
	s.runtime = step.New(step.Options{
		Python: s.env[runnerenv.Python], Definition: s.dir, Layout: project.Within(s.dir, s.env[runnerenv.Source]).WithOwn(project.Path(s.pipeline.Modules)), Cold: true, NoKeyFile: true, Environ: s.environ, Code: s.code(),
		SecretNames: local.SecretNames(s.pipeline), Secrets: s.secrets(),
	})
	return nil
}

// secrets are files where the target says so, else variables.
func (s *session) secrets() plugin.Secrets {
	if dir := s.env[runnerenv.Secrets]; dir != "" {
		return secretFiles(dir)
	}
	return nil
}

// secretFiles is a folder that holds a file for each secret.
type secretFiles string

// Secret implements [plugin.Secrets].
func (dir secretFiles) Secret(name string) (string, bool, error) {
	data, err := os.ReadFile(filepath.Join(string(dir), name))
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	return string(data), err == nil, err
}

// Source implements [plugin.Secrets].
func (dir secretFiles) Source() string { return string(dir) }

func (s *session) close() {
	if s.runtime != nil {
		_ = s.runtime.Close()
	}
	if s.remove != nil {
		s.remove()
	}
	_ = s.store.Close()
}

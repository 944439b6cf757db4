//go:build e2e

// Package stepfunctions_test runs cases on a rig of AWS: each is rendered by the real command, deployed as a stack, started as an
// execution, and its facts are read from the bucket that its jobs wrote. It takes a rig as it is:
//
//	AWS_ENDPOINT_URL   where the services answer
//	RIG_JOB_ENDPOINT   the same from inside a job
//	DOCKER_HOST        the engine whose containers the jobs are; docker is on PATH
//	E2E_ROOT           a folder with a root file system that has sh, coreutils, tar and python3
//	E2E_BIN            a folder with runnable-render and runnable-step
//
// with cfn-lint, asl-validator and a python that has boto3 and yaml on PATH.
package stepfunctions_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/imagetar"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/plugin/buckets/s3store"
)

func TestStepFunctions(t *testing.T) {
	all, err := golden.All("../../golden")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	t.Cleanup(func() { fmt.Print("\n", r.table) })
	for name, test := range map[string]func(*testing.T){
		"lint": lint, "parameters": r.parameters, "stopped": r.stopped, "scheduled": r.scheduled, "distributed": r.distributed, "levels": r.levels,
		"mutants": r.mutants, "machine": r.brokenMachine,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t)
		})
	}
	for _, c := range all {
		if _, err := os.Stat(filepath.Join(c.Dir, "stepfunctions.yaml")); err != nil || !c.Runs("stepfunctions") {
			continue // it is refused: its rendering says why
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			r.check(t, c)
		})
	}
}

// rig is AWS on this machine.
type rig struct {
	bin, runner, queue string
	root               *imagetar.Layer
	table              *compare.Table
}

func newRig(t *testing.T) *rig {
	t.Helper()
	for _, name := range []string{"E2E_BIN", "E2E_ROOT", "AWS_ENDPOINT_URL", "RIG_JOB_ENDPOINT"} {
		if os.Getenv(name) == "" {
			t.Fatalf("%s is not set; e2e/stepfunctions/run sets it", name)
		}
	}
	root, err := imagetar.Folder(os.Getenv("E2E_ROOT"))
	if err != nil {
		t.Fatal(err)
	}
	bin := os.Getenv("E2E_BIN")
	return &rig{bin: bin, runner: filepath.Join(bin, "runnable-step"), root: root, table: &compare.Table{Suite: "stepfunctions", Counts: []string{"events"}, On: "on a rig of AWS"}, queue: drive(t, "prepare").Queue}
}

// ended is how an execution ended, as drive.py tells it.
type ended struct {
	Status, Error, Input, Machine, Queue string
	Seconds                              float64
	Events                               int
}

// succeeded reports whether the execution did.
func (e ended) succeeded() bool { return e.Status == "SUCCEEDED" }

// drive does what a person does with the aws program.
func drive(t *testing.T, args ...string) ended {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "python", append([]string{"drive.py"}, args...)...).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		t.Fatalf("drive.py %s: %v\n%s", strings.Join(args, " "), err, failed.Stderr)
	}
	var e ended
	if err := errors.Join(err, json.Unmarshal(out, &e)); err != nil {
		t.Fatalf("drive.py: %v\n%s", err, out)
	}
	return e
}

// pipeline is a definition that has been rendered and whose image the engine has.
type pipeline struct {
	*rig
	dir, stack, template string
	values               []string // of the template's parameters
}

// render renders a definition, whose jobs have a runner. Its stack has the name of the test.
func (r *rig) render(t *testing.T, dir, runner string, env []string, secrets map[string]string, args ...string) *pipeline {
	t.Helper()
	p := &pipeline{rig: r, dir: dir, stack: stackName(t), template: filepath.Join(t.TempDir(), "template.yaml")}
	cmd := exec.CommandContext(t.Context(), filepath.Join(r.bin, "runnable-render"), append([]string{
		"render", "--target", "stepfunctions", "--image", r.image(t, p, runner), "--store", p.url("RIG_JOB_ENDPOINT"), "-o", p.template,
	}, args...)...)
	cmd.Dir, cmd.Env = dir, env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("render: %v\n%s", err, out)
	}
	p.values = append([]string{"Queue=" + r.queue}, p.secrets(t, secrets)...)
	return p
}

// url is that of the pipeline's store, by the variable that tells where S3 answers.
func (p *pipeline) url(endpoint string) string {
	return "s3://facts/" + p.stack + "?endpoint=" + os.Getenv(endpoint) + "&region=us-east-1"
}

// image loads an image with the runner on PATH and the definition's folder as its working folder.
func (r *rig) image(t *testing.T, p *pipeline, runner string) string {
	t.Helper()
	program, err := os.ReadFile(runner)
	files, listed := images.Files(p.dir, "work")
	if err := errors.Join(err, listed); err != nil {
		t.Fatal(err)
	}
	layer, err := imagetar.Files(0, append(files, imagetar.File{Path: "usr/bin/runnable-step", Mode: 0o755, Data: program})...)
	if err != nil {
		t.Fatal(err)
	}
	image := images.New(strings.ToLower(p.stack), "/work", r.root, layer)
	var tar bytes.Buffer
	if err := imagetar.Write(&tar, image); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "docker", "load", "-q")
	cmd.Stdin = &tar
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("docker load: %v\n%s", err, text)
	}
	return image.Name
}

var secretParameter = regexp.MustCompile(`(?m)^  (\w+): .*ARN of the secret (\w+) `)

// secrets are the template's parameters for secrets, every second of which is kept in Parameter Store.
func (p *pipeline) secrets(t *testing.T, values map[string]string) []string {
	t.Helper()
	text, err := os.ReadFile(p.template)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i, m := range secretParameter.FindAllStringSubmatch(string(text), -1) {
		kind := []string{"secretsmanager", "ssm"}[i%2]
		out = append(out, m[1]+"="+kind+":"+p.stack+"/"+m[2]+":"+cmp.Or(values[m[2]], "unset"))
	}
	return out
}

// run deploys the template and runs it under an execution's name.
func (p *pipeline) run(t *testing.T, name, input string) ended {
	t.Helper()
	return drive(t, append([]string{"run", p.stack, p.template, name, input}, p.values...)...)
}

// facts opens the store of the pipeline, as this machine reaches it.
func (p *pipeline) facts(t *testing.T) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), p.url("AWS_ENDPOINT_URL"), s3store.Opener())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// stackName is a test's name as a stack may have it.
func stackName(t *testing.T) string {
	return "t-" + strings.NewReplacer("/", "-", "_", "-").Replace(strings.TrimPrefix(t.Name(), "TestStepFunctions/"))
}

// check runs one case on the rig and here, and compares both with what is expected.
func (r *rig) check(t *testing.T, c *golden.Case) {
	p := r.render(t, c.Dir, r.runner, compare.EnvironOf(c), c.Expect.Secrets, c.Args()...)
	line := compare.Row{Name: c.Name}
	defer func() { r.table.Add(line) }()
	e := p.run(t, "r1", "{}")
	line.Counts, line.Seconds = []int{e.Events}, e.Seconds
	if why := p.differs(t, c, e); why != "" {
		t.Errorf("the run differs from expect.yaml (-want +got), the execution is %+v:\n%s", e, why)
	}
	template, err := os.ReadFile(p.template)
	if err != nil {
		t.Fatal(err)
	}
	compare.Hides(t, c, map[string][]byte{"the template": template})
	line.Equal = compare.SameTrace(t, compare.CaseHere(t, r.bin, c), p.facts(t), "r1") && !t.Failed()
}

// differs says how the run r1 differs from what a case expects.
func (p *pipeline) differs(t *testing.T, c *golden.Case, e ended) string {
	t.Helper()
	got, err := golden.Observe(t.Context(), p.facts(t), "r1")
	if err != nil {
		return err.Error()
	}
	if e.succeeded() != (c.Expect.Status == engine.Success) {
		return "the execution is " + e.Status + ", the run " + string(got.Status)
	}
	return c.Diff(got)
}

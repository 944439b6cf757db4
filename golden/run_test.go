package golden

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/app"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/internal/testvenv"
)

// mainVariable makes this test's program the real command.
const mainVariable = "GOLDEN_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(mainVariable) != "" {
		os.Exit(app.Main(app.Options{}, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(testvenv.M{M: m}.Run())
}

// TestRun runs each case with the real command, in a copy of its folder, and compares what the store holds of the
// run, and what the command prints of it, with the expectation.
func TestRun(t *testing.T) {
	t.Parallel()
	cases, err := All(".")
	if err != nil {
		t.Fatal(err)
	}
	quickstart, err := Load("../examples/quickstart")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range append(cases, quickstart) {
		if !c.Runs("local") {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			run(t, c)
		})
	}
}

func run(t *testing.T, c *Case) {
	dir := filepath.Join(t.TempDir(), c.Name)
	if err := os.CopyFS(dir, os.DirFS(c.Dir)); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"run", "--run-id", "golden", "--format", "json"}, c.Args()...)
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir, cmd.Env = dir, environment(c)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	started := time.Now()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != c.Expect.Exit {
		t.Fatalf("exit code %d, want %d\n%s", got, c.Expect.Exit, stderr.Bytes())
	}
	if took := time.Since(started); c.Expect.Seconds > 0 && took > time.Duration(c.Expect.Seconds)*time.Second {
		t.Errorf("took %s, want at most %d s", took, c.Expect.Seconds)
	}
	result := observe(t, filepath.Join(dir, ".runnable"))
	if diff := c.Diff(result); diff != "" {
		t.Errorf("the run differs from expect.yaml (-want +got):\n%s\n%s", diff, stderr.Bytes())
	}
	if diff := cmp.Diff(told(result), printedResult(t, stdout.Bytes())); diff != "" {
		t.Errorf("the command tells something else than the store (-store +command):\n%s", diff)
	}
	kept := map[string][]byte{"stdout": stdout.Bytes(), "stderr": stderr.Bytes()}
	read(t, filepath.Join(dir, ".runnable"), kept)
	hides(t, c, kept)
}

// hides checks that what is nowhere to be found is in none of the texts.
func hides(t *testing.T, c *Case, texts map[string][]byte) {
	t.Helper()
	for _, secret := range c.Expect.Nowhere {
		for name, text := range texts {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
}

// environment is that of the test without what would steer the command, and with what the case says.
func environment(c *Case) []string {
	env := []string{mainVariable + "=1"}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "RUNNABLE_") {
			env = append(env, kv)
		}
	}
	for _, more := range []map[string]string{c.Expect.Env, c.Expect.Secrets} {
		for name, value := range more {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func observe(t *testing.T, folder string) *Result {
	t.Helper()
	ctx := context.Background()
	st, err := store.Open(ctx, folder)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	result, err := Observe(ctx, st, "golden")
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// summary is the part of the command's JSON output that the store tells too.
type summary struct {
	RunID      string                     `json:"run_id"`
	Status     engine.Status              `json:"status"`
	Parameters map[string]json.RawMessage `json:"parameters"`
	Metrics    map[string]json.RawMessage `json:"metrics"`
	Failure    *engine.Failure            `json:"failure"`
	Steps      []struct {
		Path     string             `json:"path"`
		Status   engine.Status      `json:"status"`
		Attempts int                `json:"attempts"`
		Failure  engine.FailureKind `json:"failure_kind"`
	} `json:"steps"`
}

// short is a result as far as the command prints it.
type short struct {
	Status     engine.Status
	FailedStep string
	Parameters Values
	Metrics    Values
	Steps      map[string]string
}

func told(r *Result) short {
	s := short{Status: r.Status, FailedStep: r.FailedStep, Parameters: r.Parameters, Metrics: r.Metrics, Steps: map[string]string{}}
	for path, step := range r.Steps {
		s.Steps[path] = word(step.Status, step.Failure, step.Attempts)
	}
	return s
}

func printedResult(t *testing.T, stdout []byte) short {
	t.Helper()
	var sum summary
	if err := json.Unmarshal(stdout, &sum); err != nil {
		t.Fatalf("the command's output is not JSON: %v\n%s", err, stdout)
	}
	if sum.RunID != "golden" {
		t.Errorf("run_id %q", sum.RunID)
	}
	s := short{Status: sum.Status, Parameters: values(t, sum.Parameters), Metrics: values(t, sum.Metrics), Steps: map[string]string{}}
	if sum.Failure != nil {
		s.FailedStep = sum.Failure.Step
	}
	for _, step := range sum.Steps {
		s.Steps[step.Path] = word(step.Status, step.Failure, more(step.Attempts))
	}
	return s
}

func word(status engine.Status, failure engine.FailureKind, attempts int) string {
	return strings.TrimSpace(string(status) + " " + string(failure) + " " + strconv.Itoa(max(attempts, 1)))
}

// values reads JSON values; a pickled object shows as a mapping with the one key object or objects.
func values(t *testing.T, raw map[string]json.RawMessage) Values {
	t.Helper()
	out := Values{}
	for name, text := range raw {
		v, err := ParseValue(text)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(v), `{"object": {"`) || strings.HasPrefix(string(v), `{"objects": `) {
			v = Object
		}
		out[name] = v
	}
	return out
}

// read adds all files below a folder.
func read(t *testing.T, folder string, into map[string][]byte) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		into[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

package app_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/app"
	"github.com/runnable-render/runnable-render/frontends"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
	"github.com/runnable-render/runnable-render/runner"
)

// elsewhere is a run, named w, of a target whose containers the test starts by itself, as the orchestrator would.
type elsewhere struct {
	t           *testing.T
	file, store string
	env         []string
}

func newElsewhere(t *testing.T, target, text string) *elsewhere {
	t.Helper()
	dir := t.TempDir()
	w := &elsewhere{t: t, file: filepath.Join(dir, "pipeline.yaml"), store: filepath.Join(dir, "store")}
	if err := os.WriteFile(w.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, list := frontends.Parse(t.Context(), w.file, []byte(text))
	p.Name = filepath.Base(dir)
	if list = append(list, ir.Check(p)...); list.HasErrors() {
		t.Fatal(list)
	}
	doc, err := irjson.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(w.store, 0o700); err != nil {
		t.Fatal(err)
	}
	w.env = []string{
		"PATH=" + os.Getenv("PATH"), "RUNNABLE_TARGET=" + target, "RUNNABLE_STORE=" + w.store, "RUNNABLE_RUN_ID=w", "RUNNABLE_OWNER=uid",
		"RUNNABLE_DEFINITION=" + string(doc), "RUNNABLE_PARAM_NAMES=[]",
		"RUNNABLE_RUN_ID_FILE=" + filepath.Join(dir, "id"), "RUNNABLE_DEFINITION_FILE=" + filepath.Join(dir, "definition.json"),
	}
	return w
}

// container runs one command of the runner, which must end with the code.
func (w *elsewhere) container(want int, args ...string) {
	w.t.Helper()
	env := w.env
	if args[0] != "begin" && strings.Contains(strings.Join(env, " "), "RUNNABLE_TARGET=compose") {
		env = append([]string{}, env...)
		for i := range env {
			if strings.HasPrefix(env[i], "RUNNABLE_DEFINITION=") {
				env[i] = "RUNNABLE_DEFINITION="
			}
		}
	}
	var out bytes.Buffer
	args = append(args, "--out", filepath.Join(w.t.TempDir(), "control"))
	if code := runner.Main(runner.Options{}, args, env, &out, &out); code != want {
		w.t.Fatalf("%v: %d, want %d\n%s", args, code, want, &out)
	}
}

// command runs the command line on the run's store; it must end with the code.
func (w *elsewhere) command(want int, args ...string) (stdout, stderr string) {
	w.t.Helper()
	var out, said bytes.Buffer
	if code := app.Main(app.Options{}, append(args, "--store", w.store), strings.NewReader(""), &out, &said); code != want {
		w.t.Fatalf("%v: exit %d, want %d\n%s%s", args, code, want, &out, &said)
	}
	return out.String(), said.String()
}

// stands demands that the list and the run itself say the same.
func (w *elsewhere) stands(want string) {
	w.t.Helper()
	var list []struct{ Status string }
	var shown struct{ Status string }
	text, _ := w.command(0, "runs", "list", "--format", "json")
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		w.t.Fatal(err)
	}
	text, _ = w.command(0, "runs", "show", "w", "--format", "json")
	if err := json.Unmarshal([]byte(text), &shown); err != nil {
		w.t.Fatal(err)
	}
	if len(list) != 1 || list[0].Status != want || shown.Status != want {
		w.t.Errorf("runs list says %+v, runs show %+v, want %s", list, shown, want)
	}
}

// refused demands that a retry is refused with the reason.
func (w *elsewhere) refused(reason string) {
	w.t.Helper()
	if out, said := w.command(app.ExitInvalid, "retry", "w", "--file", w.file); out != "" || !strings.Contains(said, reason) {
		w.t.Errorf("got %q, %q; want %q", out, said, reason)
	}
}

const thirdTime = `dag:
  steps:
    first: {type: task, command_type: shell, command: "export a=1", returns: [a]}
    second: {type: task, command_type: shell, command: "test $RUNNABLE_STEP_ATTEMPT -ge 3"}
    third: {type: stub}
`

// begun is a run of [thirdTime] of which the first step has succeeded.
func begun(t *testing.T, target string) *elsewhere {
	t.Helper()
	w := newElsewhere(t, target, thirdTime)
	w.container(runner.ExitOK, "begin")
	w.container(runner.ExitOK, "run", "first")
	return w
}

// A workflow that failed and that Argo itself retries is listed as what its second walk comes to, while it goes on and
// afterwards, although a list has read its first end.
func TestArgoRetryIsListed(t *testing.T) {
	t.Parallel()
	w := begun(t, "argo")
	w.container(runner.ExitFailed, "run", "second")
	w.container(runner.ExitOK, "close", "--status", "Failed")
	w.stands("FAIL")

	w.container(runner.ExitFailed, "run", "second") // argo retry, which fails once more
	w.container(runner.ExitOK, "close", "--status", "Failed")
	w.stands("FAIL")

	w.container(runner.ExitOK, "run", "second") // and again
	w.stands("RUNNING")
	w.container(runner.ExitOK, "run", "third")
	w.stands("SUCCESS")
}

// A workflow that has told no end may be going on, also between two attempts of a step, and is not retried beside itself.
func TestRetryOfAWorkflowThatGoesOn(t *testing.T) {
	t.Parallel()
	w := begun(t, "argo")
	w.refused("run w on argo has no recorded end, so it may still be running: see `argo get w`; wait for it or stop it first, or pass --force")
	w.container(runner.ExitFailed, "run", "second")
	w.refused("run w on argo has no recorded end")

	// Its own end, or the word of who knows, is enough; from then on it is a run of this machine.
	w.command(1, "retry", "w", "--file", w.file, "--force")
	w.stands("FAIL")
	w.command(0, "retry", "w", "--file", w.file)
	w.stands("SUCCESS")
}

func TestRetryOfAWorkflowThatFailed(t *testing.T) {
	t.Parallel()
	w := begun(t, "argo")
	w.container(runner.ExitFailed, "run", "second")
	w.container(runner.ExitFailed, "run", "second")
	w.container(runner.ExitOK, "close", "--status", "Failed")
	w.command(0, "retry", "w", "--file", w.file)
	w.stands("SUCCESS")
}

func TestRetryOfAPlanThatGoesOn(t *testing.T) {
	t.Parallel()
	w := begun(t, "compose")
	w.refused("run w on compose has no recorded end, so it may still be running: see `docker-compose ps`")
	w.container(runner.ExitOK, "run", "second")
	w.container(runner.ExitFailed, "result")
	w.stands("FAIL")
	w.command(1, "retry", "w", "--file", w.file)
	w.command(0, "retry", "w", "--file", w.file)
	w.stands("SUCCESS")
}

// Another machine's process may live; whoever knows that it does not says so.
func TestRetryOfARunOfAnotherMachine(t *testing.T) {
	t.Parallel()
	w := newElsewhere(t, "local", thirdTime)
	w.command(1, "run", w.file, "--run-id", "w")
	run := filepath.Join(w.store, "runs", "w")
	if err := os.Remove(filepath.Join(run, "end.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(run, "owner.json"), []byte(`{"host":"other.example.org","pid":7,"boot":"b"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	w.refused("run w is going on in process 7 on other.example.org, as far as is known")
	w.command(1, "retry", "w", "--force")
	w.command(0, "retry", "w")
	w.stands("SUCCESS")
}

// A workflow that was deleted never tells its end: only who knows so removes its run.
func TestRemovalOfARunThatToldNoEnd(t *testing.T) {
	t.Parallel()
	w := newElsewhere(t, "argo", thirdTime)
	w.container(runner.ExitOK, "begin")
	if _, said := w.command(app.ExitInvalid, "runs", "rm", "w"); !strings.Contains(said, "run w (argo) is going on, as far as is known; stop it first, or pass --force") {
		t.Error(said)
	}
	w.command(0, "runs", "rm", "w", "--force")
	w.command(app.ExitInvalid, "runs", "show", "w")
}

// An image has no git: attempts say the commit that it was built from, and the image with its digest.
func TestIdentityOfAttemptsInContainers(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"argo", "compose"} {
		w := newElsewhere(t, target, "dag: {steps: {only: {type: task, command_type: shell, command: ':'}}}\n")
		w.env = append(w.env, "GIT_DIR="+w.store, "RUNNABLE_GIT_COMMIT=0123abcd", "RUNNABLE_GIT_REMOTE=https://me:secret@git.example.org/x.git",
			"RUNNABLE_IMAGE=registry.example.org/x@sha256:"+strings.Repeat("0", 64))
		w.container(runner.ExitOK, "begin")
		w.container(runner.ExitOK, "run", "only")
		var export struct {
			Records []struct{ Code map[string]string }
		}
		text, _ := w.command(0, "runs", "export", "w")
		if err := json.Unmarshal([]byte(text), &export); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"git": "0123abcd", "git_remote": "https://git.example.org/x.git", "image": "registry.example.org/x@sha256:" + strings.Repeat("0", 64),
			"image_digest": "sha256:" + strings.Repeat("0", 64),
		} {
			if len(export.Records) != 1 || export.Records[0].Code[name] != want {
				t.Errorf("%s: %s of %+v, want %s", target, name, export.Records, want)
			}
		}
	}
}

// A step that its orchestrator started twice at once leaves two attempts that succeeded: the later one counts, and the run
// is one of as many steps as before.
func TestStepStartedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	w := newElsewhere(t, "argo", "dag: {steps: {only: {type: task, command_type: shell, command: 'export x=1', returns: [x]}}}\n")
	w.container(runner.ExitOK, "begin")
	w.container(runner.ExitOK, "run", "only")
	attempts, err := filepath.Glob(filepath.Join(w.store, "runs", "w", "steps", "only", "1.json"))
	if err != nil || len(attempts) != 1 {
		t.Fatal(attempts, err)
	}
	text, err := os.ReadFile(attempts[0])
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte(`"attempt":1`), []byte(`"attempt":2`), 1)
	if err := os.WriteFile(filepath.Join(filepath.Dir(attempts[0]), "2.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	w.stands("SUCCESS")
	shown, _ := w.command(0, "runs", "show", "w")
	if !strings.Contains(shown, "attempt 2") || strings.Count(shown, "✓ only") != 1 {
		t.Error(shown)
	}
	trace, _ := w.command(0, "runs", "show", "w", "--format", "trace")
	if !strings.Contains(trace, "only #1 SUCCESS x=1\nonly #2 SUCCESS x=1\n") {
		t.Error(trace)
	}
	w.command(0, "runs", "timeline", "w")
	w.command(0, "runs", "export", "w", "--format", "openlineage")
}

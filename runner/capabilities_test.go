package runner_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/runner"
)

// engineOf is an engine with capabilities of its own, whose calls of the runner the test makes.
type engineOf struct {
	*plan
	can   string
	store string
}

func newEngine(t *testing.T, can, text string) *engineOf {
	t.Helper()
	p := newPlan(t, text)
	return &engineOf{plan: p, can: can, store: filepath.Join(p.dir, "store")}
}

// call makes one call, which must end with the code, and returns what it said.
func (e *engineOf) call(want int, env []string, args ...string) string {
	e.t.Helper()
	all := append([]string{
		"PATH=" + os.Getenv("PATH"), "RUNNABLE_TARGET=some-engine", "RUNNABLE_CAPABILITIES=" + e.can, "RUNNABLE_RUN_ID=r",
		"RUNNABLE_STORE=file://" + e.store, "RUNNABLE_DEFINITION=" + e.definition,
	}, env...)
	var out bytes.Buffer
	if code := runner.Main(runner.Options{}, args, all, &out, &out); code != want {
		e.t.Errorf("%v: exit %d, want %d\n%s", args, code, want, &out)
	}
	return out.String()
}

func (e *engineOf) file(name, want string) {
	e.t.Helper()
	got, err := os.ReadFile(name)
	if err != nil || string(got) != want {
		e.t.Errorf("%s holds %q, want %q; %v", filepath.Base(name), got, want, err)
	}
}

func task(command string) string {
	return `{type: task, command_type: shell, command: '` + command + `'`
}

func TestUnknownCapabilitiesAreRefused(t *testing.T) {
	t.Parallel()
	p := newPlan(t, "name: p\ndag:\n  steps:\n    a: "+task("false")+", retry: {limit: 2}}\n")
	for _, c := range []struct{ target, can, want string }{
		{"nonsense", "", `RUNNABLE_TARGET is "nonsense", and RUNNABLE_CAPABILITIES does not say`},
		{"", "", "RUNNABLE_TARGET is not set"},
		{"", "exit=code attempts=all begin=target control=none", "RUNNABLE_TARGET is not set"},
		{"argo", "exit=code", `"attempts" is missing; set attempts=one or attempts=all`},
		{"x", "exit=maybe attempts=all begin=target control=none", `exit: "maybe" is unknown; want code or record`},
		{"x", "exit=code exit=record", `"exit" is given twice`},
		{"x", "atempts=one", `unknown capability "atempts"; did you mean "attempts"?`},
		{"x", "exit=record attempts=one begin=target control=none", "cannot see that another attempt is due"},
		{"x", "exit=code attempts=all begin=target control=line", "line=VARIABLE belong together"},
		{"x", "exit=code attempts=all begin=target control=none skipped=126", "want an exit code from 0 to 125"},
		{"x", "exit=code attempts=all begin=target control=none index=1", "want the name of a variable"},
	} {
		code, said := p.start([]string{"RUNNABLE_TARGET=" + c.target, "RUNNABLE_CAPABILITIES=" + c.can, "RUNNABLE_RUN_ID=r", "RUNNABLE_DEFINITION=" + p.definition}, "run", "a")
		if code != runner.ExitEnvironment || !strings.Contains(said, c.want) {
			t.Errorf("%s, %q: exit %d, want %d with %q\n%s", c.target, c.can, code, runner.ExitEnvironment, c.want, said)
		}
	}
}

func TestAllAttemptsInOneCall(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "exit=code attempts=all begin=target control=none skipped=99", `
name: p
dag:
  steps:
    a: `+task(`[ "$RUNNABLE_STEP_ATTEMPT" -gt 2 ]`)+`, retry: {limit: 2}, next: b}
    b: `+task("false")+`, retry: {limit: 1}, next: c}
    c: `+task("true")+`}
`)
	e.call(runner.ExitOK, nil, "run", "a")
	e.call(runner.ExitFailed, nil, "run", "b")
	e.call(99, nil, "run", "c")
	if said := e.call(runner.ExitFailed, nil, "result"); !strings.Contains(said, "some-engine") && !strings.Contains(said, "FAIL") {
		t.Errorf("result: %s", said)
	}
}

const counted = `
name: p
dag:
  steps:
    list: {type: task, command_type: shell, command: 'export xs="[7, 8, 9]"', returns: [{name: xs}], next: m}
    m:
      type: map
      iterate_on: xs
      iterate_as: x
      branch:
        steps:
          child: {type: task, command_type: shell, command: 'y=$((x + 1)) && [ $x != "$BAD" ] && export y', returns: [{name: y}]}
      next: n
    n: {type: stub}
`

func TestControlValues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ can, where, want string }{
		"a list in a file":           {"control=file items=list", "out", "[0,1,2]"},
		"a number in a file":         {"control=file", "out", "3"},
		"an object in the store":     {"control=store", "store/control/r/m", "3"},
		"a list in the store":        {"control=store items=list", "store/control/r/m", "[0,1,2]"},
		"a line in another's file":   {"control=line line=OUTPUTS", "outputs", "before=1\ncontrol=3\n"},
		"a list in another's file":   {"control=line line=OUTPUTS items=list", "outputs", "before=1\ncontrol=[0,1,2]\n"},
		"--out goes before the line": {"control=line line=OUTPUTS", "out", "3"},
	} {
		e := newEngine(t, "exit=code attempts=all begin=target "+c.can, counted)
		outputs := filepath.Join(e.dir, "outputs")
		if err := os.WriteFile(outputs, []byte("before=1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		out := "-"
		if c.where == "out" {
			out = filepath.Join(e.dir, "out")
		}
		t.Log(name)
		e.call(runner.ExitOK, []string{"OUTPUTS=" + outputs}, "run", "list", "--control", "m", "--out", out)
		e.file(filepath.Join(e.dir, c.where), c.want)
	}
}

func TestJoinAndReduceTellWhatACompositeCameTo(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "exit=code attempts=all begin=target control=none skipped=98 index=TASK_ID", counted)
	e.call(98, nil, "join", "m")
	e.call(98, nil, "reduce", "m")
	e.call(runner.ExitOK, nil, "run", "list", "--control", "-")
	for _, i := range []string{"0", "1", "2"} {
		e.call(runner.ExitOK, []string{"TASK_ID=" + i}, "run", "m.*.child")
	}
	e.call(runner.ExitUsage, []string{"TASK_ID=x"}, "run", "m.*.child")
	e.call(runner.ExitUsage, nil, "run", "m.*.child")
	e.call(runner.ExitOK, nil, "join", "m")
	e.call(runner.ExitOK, nil, "reduce", "m")
	e.call(runner.ExitOK, nil, "run", "n")
	e.call(runner.ExitOK, nil, "result", "-", "--status", "-")

	lost := newEngine(t, e.can, counted)
	lost.call(runner.ExitOK, nil, "run", "list")
	lost.call(runner.ExitOK, nil, "run", "m.0.child")
	lost.call(runner.ExitFailed, []string{"BAD=8"}, "run", "m.1.child")
	lost.call(runner.ExitFailed, nil, "join", "m") // m.2 never ran
	if said := lost.call(runner.ExitFailed, nil, "reduce", "m"); !strings.Contains(said, "lost") && !strings.Contains(said, "failed") {
		t.Errorf("reduce says %s", said)
	}
	lost.call(98, nil, "run", "n")
	lost.call(runner.ExitFailed, nil, "result")
}

func TestParametersAndDefinitionByOtherWays(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "exit=code attempts=all begin=target control=none parameters=plain", `
name: p
dag:
  steps:
    a: `+task(`[ "$x/$y/$z" = "zwölf € {}/1.0/12345678901234567890" ]`)+`}
`)
	text := e.definition
	published := e.call(runner.ExitOK, nil, "publish")
	name, value, _ := strings.Cut(strings.TrimSpace(published), "=")
	if name != "RUNNABLE_DEFINITION" || !strings.HasPrefix(value, "sha256:") {
		t.Fatalf("publish says %q", published)
	}
	e.definition = value
	env := []string{`RUNNABLE_PARAMETERS={"x": "zwölf € {}", "y": 1.0, "z": 0}`, "RUNNABLE_PRM_z=12345678901234567890"}
	e.call(runner.ExitOK, append(env, "RUNNABLE_RUN_ID=two"), "run", "a")

	// The run's header has both, once it has begun.
	e.definition = ""
	e.call(runner.ExitOK, []string{"RUNNABLE_RUN_ID=two"}, "result")
	if said := e.call(runner.ExitEnvironment, []string{"RUNNABLE_RUN_ID=three"}, "run", "a"); !strings.Contains(said, `run "three" has not begun`) {
		t.Errorf("without a definition: %s", said)
	}
	e.definition = "sha256:" + strings.Repeat("0", 64)
	if said := e.call(runner.ExitEnvironment, nil, "run", "a"); !strings.Contains(said, "runnable-step publish") {
		t.Errorf("a definition that is not there: %s", said)
	}
	e.definition = text
	if said := e.call(runner.ExitEnvironment, []string{"RUNNABLE_RUN_ID=four", `RUNNABLE_PARAMETERS={"x": 1,}`}, "run", "a"); !strings.Contains(said, "initial parameters") {
		t.Errorf("a document that is no JSON: %s", said)
	}
}

// A variable that only looks like a parameter is none where parameters are encoded: an image may bring it.
func TestEncodedParametersAlone(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "exit=code attempts=all begin=target control=none", "name: p\ndag:\n  steps:\n    a: "+task(`[ "$x" = given ]`)+"}\n")
	e.call(runner.ExitOK, []string{"RUNNABLE_PRM_x=other", `RUNNABLE_PARAM_NAMES=["x"]`, "RUNNABLE_PARAM_0=" + base64.StdEncoding.EncodeToString([]byte("given"))}, "run", "a")
}

// Values that are given to a rendered target are held against their declarations before the first step, and the header's
// count from then on.
func TestDeclaredParameters(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "exit=code attempts=all begin=target control=none", `
name: p
dag:
  parameters:
    version: {type: str, required: true}
    rate: {type: float, default: 0.1, maximum: 1}
    query: {type: file}
  steps:
    a: `+task(`[ "$version/$rate/$query" = "1.10/1.0/select" ]`)+`}
`)
	given := func(values ...string) []string {
		names := []string{`"version"`, `"rate"`, `"query"`}[:len(values)]
		env := []string{"RUNNABLE_PARAM_NAMES=[" + strings.Join(names, ",") + "]"}
		for i, v := range values {
			env = append(env, "RUNNABLE_PARAM_"+strconv.Itoa(i)+"="+base64.StdEncoding.EncodeToString([]byte(v)))
		}
		return env
	}
	for _, wrong := range []struct {
		values []string
		want   string
	}{
		{nil, `the parameter "version" is required and has no value`},
		{[]string{"1", "fast"}, `the parameter "rate" is "fast", and must be a number`},
		{[]string{"1", "1.5"}, `the parameter "rate" is 1.5, which is more than its maximum, 1`},
	} {
		if said := e.call(runner.ExitFailed, given(wrong.values...), "run", "a"); !strings.Contains(said, wrong.want) {
			t.Errorf("%q: %s", wrong.values, said)
		}
	}
	e.call(runner.ExitOK, given("1.10", "1", "select"), "run", "a")
	e.call(runner.ExitOK, nil, "result")
}

func TestEachStepInAFolderOfItsOwn(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "exit=code attempts=all begin=target control=none folder=own", `
name: p
dag:
  steps:
    a: `+task("[ -e runner.go ] && touch left-behind && pwd")+`, next: b}
    b: `+task("[ ! -e left-behind ] && pwd")+`}
`)
	folders := map[string]bool{}
	for _, step := range []string{"a", "b"} {
		said := e.call(runner.ExitOK, nil, "run", step)
		lines := strings.Split(strings.TrimSpace(said), "\n")
		dir := lines[len(lines)-1]
		if _, err := os.Stat(dir); err == nil || !filepath.IsAbs(dir) {
			t.Errorf("the folder of %s, %q, is still there", step, dir)
		}
		folders[dir] = true
	}
	if _, err := os.Stat("left-behind"); err == nil || len(folders) != 2 {
		t.Errorf("the steps worked in %v; %v", folders, err)
	}
}

// No package that runs steps knows a target by its name: what a target is like, its capabilities say.
func TestNoTargetHasAName(t *testing.T) {
	t.Parallel()
	found := map[string]string{}
	for _, dir := range []string{".", "../internal/step"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lower := strings.ToLower(strings.ReplaceAll(string(text), "omposite", ""))
			for _, name := range []string{"argo", "compose", `"local"`, "slurm", "airflow"} {
				if strings.Contains(strings.ReplaceAll(lower, "slurm_array", ""), name) {
					found[file] = name
				}
			}
		}
	}
	if diff := cmp.Diff(map[string]string{}, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/app"
	"github.com/runnable-render/runnable-render/backends"
	"github.com/runnable-render/runnable-render/backends/target"
	"github.com/runnable-render/runnable-render/frontends/yamldef"
	"github.com/runnable-render/runnable-render/internal/testvenv"
)

// TestMain makes the real main a command of the scripts.
func TestMain(m *testing.M) {
	testscript.Main(testvenv.M{M: m}, map[string]func(){
		"runnable-render": func() {
			os.Exit(app.Main(app.Options{}, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		},
	})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"brokenout": brokenOut,
			"signal":    signalled,
			"gone":      gone,
			"json":      jsonValue,
			"keys":      jsonKeys,
			"recipe":    recipe,
			"actions":   actions,
			"hooks":     hooks,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("DOCS", filepath.Join(root, "docs"))
			env.Setenv("PYTHON", filepath.Join(root, "python")) // the package runnable, for programs of their own
			env.Setenv("TZ", "UTC")
			return nil
		},
	})
}

// TestSchemaFile keeps the schema that editors are told of equal to what `schema` prints.
func TestSchemaFile(t *testing.T) {
	t.Parallel()
	got, err := os.ReadFile("../schemas/pipeline.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, yamldef.Schema(target.StepSchemas(backends.All()))) {
		t.Error("schemas/pipeline.schema.json is out of date; run: go run ./cmd/runnable-render schema > schemas/pipeline.schema.json")
	}
}

// exits CODE PROGRAM ARGS…: the program ends with the code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGS]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := codeOf(ts, ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func codeOf(ts *testscript.TestScript, err error) int {
	var e *exec.ExitError
	if errors.As(err, &e) {
		return e.ExitCode()
	}
	ts.Check(err)
	return 0
}

// command is a program in the script's folder and environment.
func command(ts *testscript.TestScript, args []string) *exec.Cmd {
	program := args[0]
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(dir, program)); err == nil {
			program = filepath.Join(dir, program)
			break
		}
	}
	cmd := exec.Command(program, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "WORK", "TZ"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	return cmd
}

// brokenout CODE PROGRAM ARGS…: with a stdout that nobody reads the program ends with the code and says nothing.
func brokenOut(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	r, w, err := os.Pipe()
	ts.Check(err)
	ts.Check(r.Close())
	defer w.Close()
	cmd := command(ts, args[1:])
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = w, &stderr
	if got := codeOf(ts, cmd.Run()); got != want || strings.Contains(stderr.String(), "pipe") {
		ts.Fatalf("exit code %d, want %d; stderr: %s", got, want, &stderr)
	}
}

// signal NAME FILE CODE PROGRAM ARGS…: once the file is there the program gets the signal, and ends with the code.
// What it wrote is in the files out and err.
func signalled(ts *testscript.TestScript, _ bool, args []string) {
	signals := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL}
	want, err := strconv.Atoi(args[2])
	ts.Check(err)
	cmd := command(ts, args[3:])
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	ts.Check(cmd.Start())
	deadline := time.Now().Add(time.Minute)
	for file := ts.MkAbs(args[1]); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(file); err == nil {
			break
		}
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			ts.Fatalf("%s did not appear; stderr: %s", args[1], &stderr)
		}
	}
	ts.Check(cmd.Process.Signal(signals[args[0]]))
	if got := codeOf(ts, cmd.Wait()); got != want {
		ts.Fatalf("exit code %d, want %d; stderr: %s", got, want, &stderr)
	}
	ts.Check(os.WriteFile(ts.MkAbs("out"), stdout.Bytes(), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("err"), stderr.Bytes(), 0o644))
}

// gone FILE: the process whose number is in the file has ended. One that only waits for its parent to notice has.
func gone(ts *testscript.TestScript, _ bool, args []string) {
	pid := strings.TrimSpace(ts.ReadFile(args[0]))
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return
	}
	if i := bytes.LastIndexByte(stat, ')'); !bytes.HasPrefix(stat[i+1:], []byte(" Z")) {
		ts.Fatalf("process %s of %s lives: %s", pid, args[0], stat)
	}
}

// lookUp walks the JSON in the file (stdout, a name) by a dotted path; "." is all of it.
func lookUp(ts *testscript.TestScript, file, path string) any {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(file)))
	d.UseNumber()
	var v any
	ts.Check(d.Decode(&v))
	if d.More() {
		ts.Fatalf("%s holds more than one value", file)
	}
	for _, key := range strings.Split(strings.Trim(path, "."), ".") {
		switch at := v.(type) {
		case map[string]any:
			if key == "" {
				continue
			}
			found, ok := at[key]
			if !ok {
				ts.Fatalf("no %q in %s", key, path)
			}
			v = found
		case []any:
			if key == "" {
				continue
			}
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(at) {
				ts.Fatalf("no item %q in %s, which has %d", key, path, len(at))
			}
			v = at[i]
		default:
			ts.Fatalf("%q of %s is not an object or list", key, path)
		}
	}
	return v
}

// json FILE PATH VALUE: the value at the path is VALUE, as JSON.
func jsonValue(ts *testscript.TestScript, neg bool, args []string) {
	got, err := json.Marshal(lookUp(ts, args[0], args[1]))
	ts.Check(err)
	if (string(got) == args[2]) == neg {
		ts.Fatalf("%s is %.200s, want %s", args[1], got, args[2])
	}
}

// keys FILE PATH NAMES…: the object at the path has these keys; with = before them exactly these.
func jsonKeys(ts *testscript.TestScript, _ bool, args []string) {
	object, ok := lookUp(ts, args[0], args[1]).(map[string]any)
	if !ok {
		ts.Fatalf("%s is not an object", args[1])
	}
	want := args[2:]
	exact := len(want) > 0 && want[0] == "="
	if exact {
		want = want[1:]
	}
	for _, name := range want {
		if _, ok := object[name]; !ok {
			ts.Fatalf("%s has no key %q", args[1], name)
		}
	}
	for name := range object {
		if exact && !slices.Contains(want, name) {
			ts.Fatalf("%s has the key %q", args[1], name)
		}
	}
}

// recipe HEADING LANGUAGE FILE: the first code block of the language under the heading of docs/ci.md, as a file.
func recipe(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(filepath.Join(ts.Getenv("DOCS"), "ci.md"))
	_, section, ok := strings.Cut(text, "\n## "+args[0]+"\n")
	if !ok {
		ts.Fatalf("docs/ci.md has no heading %q", args[0])
	}
	section, _, _ = strings.Cut(section, "\n## ")
	_, block, ok := strings.Cut(section, "```"+args[1]+"\n")
	if !ok {
		ts.Fatalf("docs/ci.md has no %s under %q", args[1], args[0])
	}
	block, _, _ = strings.Cut(block, "```")
	file := ts.MkAbs(args[2])
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o755))
	ts.Check(os.WriteFile(file, []byte(block), 0o755))
}

// actions FILE [STEP…]: runs what the workflow's steps run, in the shell that GitHub uses, but for the installation.
func actions(ts *testscript.TestScript, neg bool, args []string) {
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct{ Name, Uses, Run string }
		}
	}
	ts.Check(yaml.Unmarshal([]byte(ts.ReadFile(args[0])), &workflow))
	ran := 0
	for _, job := range workflow.Jobs {
		for _, step := range job.Steps {
			if step.Run == "" || strings.HasPrefix(step.Run, "go install ") {
				continue
			}
			ran++
			if err := ts.Exec("bash", "-e", "-o", "pipefail", "-c", step.Run); err != nil {
				if !neg {
					ts.Fatalf("step %q: %v", step.Name, err)
				}
				return
			}
		}
	}
	if neg || ran == 0 {
		ts.Fatalf("no step failed of %d that ran", ran)
	}
}

// hooks FILE: runs what the local hooks of a pre-commit configuration run.
func hooks(ts *testscript.TestScript, neg bool, args []string) {
	var config struct {
		Repos []struct {
			Repo  string
			Hooks []struct {
				ID, Entry, Language string
				PassFilenames       bool `yaml:"pass_filenames"`
			}
		}
	}
	ts.Check(yaml.Unmarshal([]byte(ts.ReadFile(args[0])), &config))
	var failed error
	ran := 0
	for _, repo := range config.Repos {
		for _, hook := range repo.Hooks {
			if repo.Repo != "local" || hook.Language != "system" || hook.PassFilenames {
				ts.Fatalf("hook %s is of another kind than this test runs", hook.ID)
			}
			fields := strings.Fields(hook.Entry)
			failed = errors.Join(failed, ts.Exec(fields[0], fields[1:]...))
			ran++
		}
	}
	if ran == 0 || (failed != nil) != neg {
		ts.Fatalf("%d hooks ran; error: %v", ran, failed)
	}
}

package plugins_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/app"
	"github.com/runnable-render/runnable-render/internal/testbuild"
)

// mainVariable makes this test's program the command.
const mainVariable = "PLUGINS_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(mainVariable) != "" {
		os.Exit(app.Main(app.Options{}, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// place is a folder with the plugins on PATH.
type place struct {
	t         *testing.T
	dir, path string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Dir(testbuild.Program(t, "examples/plugins/runnable-render-backend-dot"))
	return &place{t, t.TempDir(), bin + ":" + here + ":" + os.Getenv("PATH")}
}

func (p *place) file(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// run runs the command and returns what it printed and its exit code.
func (p *place) run(args ...string) (stdout, stderr string, code int) {
	p.t.Helper()
	self, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	var out, log bytes.Buffer
	cmd := exec.Command(self, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, &out, &log
	cmd.Env = append(os.Environ(), mainVariable+"=1", "PATH="+p.path)
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	return out.String(), log.String(), cmd.ProcessState.ExitCode()
}

// want looks for texts, and for the exit code.
func (p *place) want(code int, args []string, texts ...string) {
	p.t.Helper()
	stdout, stderr, got := p.run(args...)
	if got != code {
		p.t.Errorf("%v: exit code %d, want %d", args, got, code)
	}
	for _, text := range texts {
		if !strings.Contains(stdout+stderr, text) {
			p.t.Errorf("%v: %q is not in\n%s%s", args, text, stdout, stderr)
		}
	}
}

const greeting = `dag:
  name: greeting
  steps:
    who:
      type: task
      command_type: shell
      command: export name=Ünal; export big=$(printf '%070000d' 1)
      returns: [name, {name: big, kind: text}]
    greet:
      type: task
      command_type: template
      command: "Hello, {name}!"
      upper: true
      returns: [greeting]
`

func TestTask(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.file("pipeline.yaml", greeting)
	p.want(0, []string{"run"}, `"HELLO, ÜNAL!"`, "greet | filling in big, name")
	p.file("pipeline.yaml", strings.Replace(greeting, "{name}", "{nome}", 1))
	p.want(1, []string{"run"}, "the template names 'nome', and there is no such parameter")
	p.file("pipeline.yaml", strings.Replace(greeting, "template", "sql", 1))
	p.want(1, []string{"run"}, `no program here runs commands of the type "sql": want an executable runnable-render-task-sql`)
}

func TestFrontend(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.file("rows.steps", "fetch [rows]: export rows=3\n\nreport: echo $rows rows\n")
	p.want(0, []string{"run", "rows.steps"}, "report | 3 rows", "rows  3")
	p.want(0, []string{"rows.steps", "--target", "argo", "--image", "x"}, "kind: Workflow")
	p.file("wrong.steps", "fetch: true\nreport\n")
	p.want(2, []string{"check", "wrong.steps"}, "wrong.steps:2", "want `name: command`")
	p.file("twice.steps", "a: true\na: true\n")
	p.want(2, []string{"check", "twice.steps"}, "twice.steps:2:1", `two steps are named "a"`)
	p.file("x.toml", "")
	p.want(2, []string{"check", "x.toml"}, "must end in")
}

func TestBackend(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.file("pipeline.yaml", greeting)
	p.want(0, []string{"--target", "dot"}, `digraph "greeting"`, `"who" -> "greet"`)
	p.want(2, []string{"--target", "png"}, "there is no runnable-render-backend-png on PATH either")
	p.want(2, []string{"--target", "dot", "--namespace", "x"}, "--namespace has no effect with --target dot")
}

func TestList(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	broken := t.TempDir()
	for name, text := range map[string]string{
		"runnable-render-task-shell":    "#!/bin/sh\nexit 0\n",
		"runnable-render-task-old":      "#!/bin/sh\necho '{\"version\": 7}' > \"$2\"\n",
		"runnable-render-task-dead":     "#!/bin/sh\necho no licence >&2\nexit 3\n",
		"runnable-render-backend-mute":  "#!/bin/sh\nexit 0\n",
		"runnable-render-task-template": "#!/bin/sh\nexit 0\n",
	} {
		if err := os.WriteFile(filepath.Join(broken, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(broken, "runnable-render-task-plain"), []byte("#!/bin/sh\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.path = strings.Replace(p.path, ":/usr", ":"+broken+":/usr", 1) + ":" + broken
	p.want(0, []string{"plugins"},
		"task      template", "fills parameters into a text", "frontend  steps", "one shell step a line", "backend   dot", "a drawing for Graphviz",
		"refused: the name is one that this program has itself", "it has version 7, and the one known here is 1", "refused: exit status 3: no licence",
		"refused: it ended without an answer", "refused: it cannot be executed: permission denied", "refused: hidden by ")
}

//go:build e2e

package compose_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/imagetar"
	"github.com/runnable-render/runnable-render/store"
)

// engine is the Docker engine with the images that the tests run in.
type engine struct {
	compose string // the program
	bin     string // the folder with this project's programs
	runner  string // image
	base    string // image without a case
	user    string // the same, for a user who is not root
	cases   map[string]string
}

// stepUser is the user of an image that does not run as root.
const stepUser = 1000

// newEngine makes the images and loads them into the engine.
func newEngine(t *testing.T, cases []*golden.Case) *engine {
	t.Helper()
	for _, name := range []string{"E2E_BIN", "E2E_ROOT"} {
		if os.Getenv(name) == "" {
			t.Fatalf("%s is not set; e2e/compose/run sets it", name)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	bin, err := filepath.Abs(os.Getenv("E2E_BIN"))
	must(err)
	program, err := os.ReadFile(filepath.Join(bin, "runnable-step"))
	must(err)
	runner, err := imagetar.Files(0, imagetar.File{Path: "tmp/", Mode: 0o777 | fs.ModeSticky}, imagetar.File{Path: "runnable-step", Mode: 0o755, Data: program})
	must(err)
	base, err := imagetar.Folder(os.Getenv("E2E_ROOT"))
	must(err)
	work, err := imagetar.Files(stepUser, imagetar.File{Path: "work/", Mode: 0o755})
	must(err)
	e := &engine{compose: composeProgram(), bin: bin, cases: map[string]string{}}
	e.runner, e.base, e.user = "e2e.local/runner:1", "e2e.local/base:1", "e2e.local/user:1"
	all := []imagetar.Image{
		{Name: e.runner, Layers: []*imagetar.Layer{runner}, Entrypoint: []string{"/runnable-step"}},
		{Name: e.base, Layers: []*imagetar.Layer{base, work}, WorkingDir: "/work"},
		{Name: e.user, Layers: []*imagetar.Layer{base, work}, WorkingDir: "/work", User: strconv.Itoa(stepUser)},
	}
	for _, c := range cases {
		layer, err := imagetar.Files(0, caseFiles(t, c.Dir, "work")...)
		must(err)
		e.cases[c.Name] = "e2e.local/case-" + strings.ToLower(c.Name) + ":1"
		all = append(all, imagetar.Image{Name: e.cases[c.Name], Layers: []*imagetar.Layer{base, layer}, WorkingDir: "/work"})
	}
	in, out := io.Pipe()
	go func() { _ = out.CloseWithError(imagetar.Write(out, all...)) }()
	load := exec.CommandContext(t.Context(), "docker", "load", "-q")
	load.Stdin = in
	if text, err := load.CombinedOutput(); err != nil {
		t.Fatalf("docker load: %v\n%s", err, text)
	}
	return e
}

func composeProgram() string {
	if program := os.Getenv("COMPOSE"); program != "" {
		return program
	}
	return "docker-compose"
}

// caseFiles are the files of a case, but for those that only tests read, in a folder of the image.
func caseFiles(t *testing.T, dir, to string) []imagetar.File {
	t.Helper()
	out := []imagetar.File{{Path: to + "/", Mode: 0o755}}
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || file == dir {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		name := to + "/" + filepath.ToSlash(rel)
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".") || d.Name() == "__pycache__" {
				return filepath.SkipDir
			}
			out = append(out, imagetar.File{Path: name + "/", Mode: 0o755})
			return nil
		}
		switch rel {
		case "expect.yaml", "ir.txt", "plan.txt", "argo.yaml", "compose.yaml", "argo.err", "compose.err":
			return nil
		}
		data, err := os.ReadFile(file)
		out = append(out, imagetar.File{Path: name, Mode: 0o644, Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// project is one plan on the engine.
type project struct {
	*engine
	name, file string
	env        []string // of compose: secrets
	log        string   // of the last `up`
}

// project writes a plan to a folder; its containers and volumes are removed at the end of the test.
func (e *engine) project(t *testing.T, plan []byte, env []string) *project {
	t.Helper()
	dir := t.TempDir()
	p := &project{engine: e, file: filepath.Join(dir, "compose.yaml"), env: env}
	p.name = "e2e" + strings.ToLower(strings.NewReplacer("/", "", "-", "", "_", "", "#", "").Replace(t.Name()))
	if err := os.WriteFile(p.file, plan, 0o644); err != nil {
		t.Fatal(err)
	}
	p.down(context.Background())
	t.Cleanup(func() { p.down(context.Background()) })
	return p
}

func (p *project) command(ctx context.Context, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.compose, append([]string{"-p", p.name, "-f", p.file}, args...)...)
	cmd.Env = append(append(clean(), p.env...), env...)
	return cmd
}

func (p *project) down(ctx context.Context) {
	_ = p.command(ctx, nil, "down", "--volumes", "--timeout", "0").Run()
}

// up runs the plan to its end and returns the status that the service result ended with.
func (p *project) up(t *testing.T, env ...string) int {
	t.Helper()
	out, _ := p.command(t.Context(), env, "up", "--no-color").CombinedOutput() // the verdict is result's
	p.log = string(out)
	return p.exit(t)
}

func (p *project) exit(t *testing.T) int {
	t.Helper()
	text := docker(t, "inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", p.container(t, "result"))
	status, code, _ := strings.Cut(strings.TrimSpace(text), " ")
	n, err := strconv.Atoi(code)
	if status != "exited" || err != nil {
		t.Fatalf("result is %s\n%s", text, p.log)
	}
	return n
}

func (p *project) container(t *testing.T, service string) string {
	t.Helper()
	id := strings.TrimSpace(docker(t, "ps", "-aq", "--filter", "label=com.docker.compose.project="+p.name, "--filter", "label=com.docker.compose.service="+service))
	if id == "" || strings.Contains(id, "\n") {
		t.Fatalf("containers of %s: %q\n%s", service, id, p.log)
	}
	return id
}

// services counts the containers of the plan.
func (p *project) services(t *testing.T) int {
	return len(strings.Fields(docker(t, "ps", "-aq", "--filter", "label=com.docker.compose.project="+p.name)))
}

// facts copies the store and returns it with the run that the plan is at.
func (p *project) facts(t *testing.T) (*store.Store, string) {
	t.Helper()
	dir := t.TempDir()
	id := p.container(t, "result")
	p.copy(t, id, "/runnable/store", dir)
	p.copy(t, id, "/runnable/runner/run-id", dir)
	run, err := os.ReadFile(filepath.Join(dir, "run-id"))
	if err != nil {
		t.Fatalf("%v\n%s", err, p.log)
	}
	st, err := store.Open(context.Background(), filepath.Join(dir, "store"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st, strings.TrimSpace(string(run))
}

// copy unpacks what is at a path of a container below a folder, as this user's own.
func (p *project) copy(t *testing.T, id, path, to string) {
	t.Helper()
	archive, err := exec.CommandContext(t.Context(), "docker", "cp", id+":"+path, "-").Output()
	if err != nil {
		t.Fatalf("docker cp %s: %v\n%s", path, err, p.log)
	}
	r := tar.NewReader(bytes.NewReader(archive))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		name := ""
		if err == nil {
			name = filepath.Join(to, filepath.Clean("/"+h.Name))
			if h.Typeflag == tar.TypeDir {
				err = os.MkdirAll(name, 0o755)
			} else {
				var data []byte
				if data, err = io.ReadAll(r); err == nil {
					err = os.WriteFile(name, data, 0o644)
				}
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// render makes the plan of a definition by the real command.
func (e *engine) render(t *testing.T, dir, image string, env []string, args ...string) []byte {
	t.Helper()
	args = append(args, "--target", "compose", "--runner-image", e.runner, "--image", image)
	cmd := exec.CommandContext(t.Context(), filepath.Join(e.bin, "runnable-render"), args...)
	cmd.Dir, cmd.Env = dir, append(clean(), env...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("runnable-render %s: %v\n%s", strings.Join(args, " "), err, errs.Bytes())
	}
	return out
}

// clean is the environment of the test without what would steer the command.
func clean() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "RUNNABLE_") && !strings.HasPrefix(kv, "RUN_ID=") {
			env = append(env, kv)
		}
	}
	return env
}

func pairs(m map[string]string) []string {
	var out []string
	for name, value := range m {
		out = append(out, fmt.Sprintf("%s=%s", name, value))
	}
	return out
}

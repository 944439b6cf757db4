//go:build e2e

package compose_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/e2e/images"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/imagetar"
	"github.com/runnable-render/runnable-render/internal/store"
)

// engine is the Docker engine with the images that the tests run in.
type engine struct {
	version string // v1 or v2: of compose
	compose string // the program
	bin     string // the folder with this project's programs
	runner  string // image
	base    string // image without a case
	user    string // the same, for a user who is not root
	etl     string // image of examples/go-etl
	root    *imagetar.Layer
	cases   map[string]string
	python  *pythonImages
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
	runner, err := images.Runner(filepath.Join(bin, "runnable-step"))
	must(err)
	base, err := imagetar.Folder(os.Getenv("E2E_ROOT"))
	must(err)
	work, err := imagetar.Files(stepUser, imagetar.File{Path: "work/", Mode: 0o755})
	must(err)
	plain, user := images.New("base", "/work", base, work), images.New("user", "/work", base, work)
	user.User = strconv.Itoa(stepUser)
	etl, err := images.GoETL("../..")
	must(err)
	e := &engine{bin: bin, runner: runner.Name, base: plain.Name, user: user.Name, etl: etl.Name, root: base, cases: map[string]string{}, python: newPythonImages(t)}
	all := []imagetar.Image{runner, plain, user, etl}
	for _, c := range cases {
		files, err := images.Files(c.Dir, "work")
		must(err)
		layer, err := imagetar.Files(0, files...)
		must(err)
		image := images.New("case-"+c.Name, "/work", base, layer)
		e.cases[c.Name] = image.Name
		all = append(all, image)
	}
	load(t, all...)
	return e
}

// on is an image with files of its own in the working folder.
func (e *engine) on(layer *imagetar.Layer) imagetar.Image {
	return images.New("more", "/work", e.root, layer)
}

// load hands images to the engine.
func load(t *testing.T, all ...imagetar.Image) {
	t.Helper()
	if err := loaded(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
}

func loaded(ctx context.Context, all ...imagetar.Image) error {
	in, out := io.Pipe()
	go func() { _ = out.CloseWithError(imagetar.Write(out, all...)) }()
	cmd := exec.CommandContext(ctx, "docker", "load", "-q")
	cmd.Stdin = in
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("docker load: %w\n%s", err, text)
	}
	return nil
}

// with is the engine with a program of compose, which must be of the version.
func (e *engine) with(t *testing.T, version, program string) *engine {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, "version", "--short").Output()
	said := "v" + strings.TrimPrefix(strings.TrimSpace(string(out)), "v")
	if err != nil || !strings.HasPrefix(said, version+".") {
		t.Fatalf("%q is not a docker-compose of %s: %q, %v; e2e/compose/run sets COMPOSE and COMPOSE2", program, version, said, err)
	}
	with := *e
	with.version, with.compose = version, program
	return &with
}

// project is one plan on the engine.
type project struct {
	*engine
	name, file string
	override   string   // a file that is merged into the plan; empty: none
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
	files := []string{"-p", p.name, "-f", p.file}
	if p.override != "" {
		files = append(files, "-f", p.override)
	}
	cmd := exec.CommandContext(ctx, p.compose, append(files, args...)...)
	cmd.Env = append(append(compare.Environ(), p.env...), env...)
	return cmd
}

func (p *project) down(ctx context.Context) {
	_ = p.command(ctx, nil, "down", "--volumes", "--timeout", "0").Run()
}

// upLimit bounds a plan. On a machine under load docker-compose 2.40 can miss that the last containers have ended, and then
// waits for ever.
const upLimit = 6 * time.Minute

// up runs the plan to its end and returns the status that the service result ended with.
func (p *project) up(t *testing.T, env ...string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), upLimit)
	defer cancel()
	out, _ := p.command(ctx, env, "up", "--no-color").CombinedOutput() // the verdict is result's
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
	return p.factsOf(t, "result")
}

// factsOf is facts by the container of any service.
func (p *project) factsOf(t *testing.T, service string) (*store.Store, string) {
	t.Helper()
	dir := t.TempDir()
	id := p.container(t, service)
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
	cmd.Dir, cmd.Env = dir, append(compare.Environ(), env...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("runnable-render %s: %v\n%s", strings.Join(args, " "), err, errs.Bytes())
	}
	return out
}

//go:build e2e

// Package metaflow runs generated flows by Metaflow from PyPI and by this project, and compares the artifacts of each task: of a
// few flows, or of the whole matrix of graphs and behaviours with FULL=1.
package metaflow

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/runnable-render/runnable-render/internal/cases"
	"github.com/runnable-render/runnable-render/internal/testbuild"
	"github.com/runnable-render/runnable-render/internal/testvenv"
)

// few are the flows that are compared without FULL=1. Metaflow takes about a second for each task.
var few = regexp.MustCompile(`^(linear-(artifacts|config|project)|branch-merge)$`)

func TestMatrix(t *testing.T) {
	theirs, ours := sides(t)
	flows := made(t)
	compared, equal := 0, 0
	for _, dir := range flows {
		name := filepath.Base(dir)
		if os.Getenv("FULL") != "1" && !few.MatchString(name) {
			continue
		}
		compared++
		if t.Run(name, func(t *testing.T) {
			want, got := theirs(dir).all(t), ours(dir).all(t)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-Metaflow +ours)\n%s", diff)
			}
			if !strings.Contains(got, `"": "True"`) {
				t.Errorf("the run failed:\n%s", got)
			}
		}) {
			equal++
		}
	}
	fmt.Printf("TABLE %d of %d flows run by Metaflow and here: %d with equal artifacts\n", compared, len(flows), equal)
}

// sides are Metaflow and this project, each to run the flows of a folder.
func sides(t *testing.T) (theirs, ours func(dir string) side) {
	t.Helper()
	python, err := testvenv.Make("venv-metaflow-1", "metaflow==2.19.39")
	if err != nil {
		t.Fatal(err)
	}
	program := testbuild.Program(t, "cmd/runnable-render")
	path, err := filepath.Abs("../../python/flow")
	if err != nil {
		t.Fatal(err)
	}
	theirs = func(dir string) side {
		return side{dir, python, []string{"METAFLOW_DATASTORE_SYSROOT_LOCAL=" + dir, "METAFLOW_HOME=" + dir}}
	}
	ours = func(dir string) side {
		return side{dir, "python3", []string{"RUNNABLE_RENDER=" + program, "PYTHONPATH=" + path}}
	}
	return theirs, ours
}

// TestWarned runs flows of which this project says something, and such of which it says nothing, by both: a flow that is refused
// or whose artifacts are not written fails in both, and no other fails.
func TestWarned(t *testing.T) {
	theirs, ours := sides(t)
	for archive, a := range cases.Archives(t, "../../frontends/metaflow/testdata/*/flows.txtar") {
		dir, _ := cases.Write(t, a)
		for _, f := range a.Files {
			if bytes.Contains(f.Data, []byte("# metaflow: ")) || filepath.Base(filepath.Dir(archive)) == "public" {
				continue // a line says how Metaflow differs; the flows of public are those of TestShown
			}
			t.Run(f.Name, func(t *testing.T) {
				for of, s := range map[string]side{"Metaflow": theirs(dir), "this project": ours(dir)} {
					out, err := s.run(f.Name, "run")
					if failed, wrong := err != nil, bytes.Contains(f.Data, []byte("# RR")); failed != wrong {
						t.Errorf("%s fails: %t, want %t\n%s", of, failed, wrong, out)
					}
				}
			})
		}
	}
}

// TestShown compares what both show of flows in the style of public ones: their steps, what is said of them and what follows
// each.
func TestShown(t *testing.T) {
	theirs, ours := sides(t)
	a, err := txtar.ParseFile("../../frontends/metaflow/testdata/public/flows.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := cases.Write(t, a)
	for _, f := range a.Files {
		if strings.Contains(f.Name, "/") || filepath.Ext(f.Name) != ".py" || bytes.Contains(f.Data, []byte("# metaflow: ")) {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			his, mine := theirs(dir), ours(dir)
			his.environ = append(his.environ, "PYTHONPATH="+dir+"/absent")
			mine.environ[1] += ":" + dir + "/absent"
			want, err := his.run(f.Name, "show")
			if err != nil {
				t.Fatalf("%v\n%s", err, want)
			}
			got, err := mine.run(f.Name, "show")
			if diff := cmp.Diff(steps(want), steps(got)); err != nil || diff != "" {
				t.Errorf("%v (-Metaflow +ours)\n%s", err, diff)
			}
		})
	}
}

// steps is what is shown from the first step on, with its decorators; Metaflow writes the empty lines between them to stderr.
func steps(shown string) string {
	if at := regexp.MustCompile(`(?m)^(@|Step )`).FindStringIndex(shown); at != nil {
		return regexp.MustCompile(`\n\n+`).ReplaceAllString(strings.TrimSpace(shown[at[0]:]), "\n")
	}
	return shown
}

// made are the folders of the flows of the matrix.
func made(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("python3", "testdata/matrix.py", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	flows, err := filepath.Glob(dir + "/*/flow.py")
	if err != nil || len(flows) < 160 {
		t.Fatalf("%d flows, want at least 160: %v", len(flows), err)
	}
	for i, f := range flows {
		flows[i] = filepath.Dir(f)
	}
	return flows
}

// side is one of the two that run a flow.
type side struct {
	dir, python string
	environ     []string
}

// left runs the flow, which its user resumes where it is to be resumed, and returns its artifacts.
func (s side) left(t *testing.T) string {
	t.Helper()
	words := s.words(t, "arguments")
	log, _ := s.run(append([]string{"flow.py", "run"}, words...)...) // whether it failed is among the artifacts
	if file := strings.Join(s.words(t, "resume"), ""); file != "" {
		file = filepath.Join(s.dir, file)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		more, _ := s.run("flow.py", "resume")
		log += more
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	script, err := filepath.Abs("testdata/artifacts.py")
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.run(append([]string{script}, s.words(t, "ignore")...)...)
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, log)
	}
	return out
}

// all is what is left, and what a function has written when the run had ended.
func (s side) all(t *testing.T) string {
	t.Helper()
	left := s.left(t)
	hook, err := os.ReadFile(filepath.Join(s.dir, "hook"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	_ = os.Remove(filepath.Join(s.dir, "hook"))
	return left + string(hook)
}

// words are those in a file of the flow.
func (s side) words(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, file))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Fields(string(text))
}

func (s side) run(args ...string) (string, error) {
	cmd := exec.Command(s.python, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), append(s.environ, "USER=tester", "METAFLOW_USER=tester")...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err != nil {
		return stdout.String() + stderr.String(), err
	}
	return stdout.String(), nil
}

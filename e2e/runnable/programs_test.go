//go:build e2e

package runnable

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// program is a copy of testdata/programs, and the interpreter and environment of programs in it.
type program struct {
	dir, python, bin string
	environ          []string
}

// newProgram is for programs that import this project's package, or the real Runnable.
func newProgram(t *testing.T, bin string, real bool) program {
	t.Helper()
	python := interpreter(t)
	p := program{dir: filepath.Join(t.TempDir(), "programs"), python: python, bin: bin, environ: append(os.Environ(), "RUNNABLE_RENDER="+bin)}
	if err := os.CopyFS(p.dir, os.DirFS("testdata/programs")); err != nil {
		t.Fatal(err)
	}
	path := p.dir
	if !real {
		side, err := filepath.Abs("../../python")
		if err != nil {
			t.Fatal(err)
		}
		path = side + string(filepath.ListSeparator) + path
	}
	p.environ = append(p.environ, "PYTHONPATH="+path)
	return p
}

// came is what a run of the program's came to.
func (p program) came(t *testing.T, run string) came {
	t.Helper()
	var sum summary
	call(t, p.dir, p.environ, &sum, p.bin, "runs", "show", run, "--format", "json")
	if !strings.HasPrefix(run, "chat") {
		delete(sum.Parameters, "prompt") // of the environment, in which /chat leaves it for a while
	}
	return came{Status: sum.Status, Parameters: sum.Parameters}
}

// holds holds runs against what they must come to.
func (p program) holds(t *testing.T, want map[string]came) {
	t.Helper()
	for run, c := range want {
		got := p.came(t, run)
		if c.Parameters == nil {
			got.Parameters = nil
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("run %s (-want +got):\n%s", run, diff)
		}
	}
}

func success(parameters map[string]any) came { return came{Status: "SUCCESS", Parameters: parameters} }

// A notebook in a real kernel: functions of cells, of cells run again, of a module beside it; events in a cell; threads.
func TestNotebook(t *testing.T) {
	t.Parallel()
	p := newProgram(t, tool(t), false)
	cmd := exec.Command(p.python, "notebook.py", p.dir)
	cmd.Dir, cmd.Env = p.dir, p.environ
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"event ask\nevent done\n", "failed ExecutionFailedError\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the notebook does not print %q:\n%s", want, out)
		}
	}
	point := map[string]any{"x": 2.0, "y": 0.0}
	p.holds(t, map[string]came{
		"first":    success(map[string]any{"p": point, "scaled": 6.0, "added": 7.0}),
		"second":   success(map[string]any{"p": point, "scaled": 200.0, "added": 201.0}),
		"third":    success(map[string]any{"said": "yes"}),
		"fourth":   {Status: "FAIL"},
		"thread-0": success(map[string]any{"n": 0.0}),
		"thread-1": success(map[string]any{"n": 1.0}),
		"thread-2": success(map[string]any{"n": 2.0}),
	})
}

// Tests under pytest, in both of its modes of import, whose pipelines another module builds.
func TestPytest(t *testing.T) {
	bin := tool(t)
	for _, mode := range []string{"prepend", "importlib"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			p := newProgram(t, bin, false)
			cmd := exec.Command(filepath.Join(filepath.Dir(p.python), "pytest"), "-q", "--import-mode="+mode, "tests")
			cmd.Dir, cmd.Env = p.dir, p.environ
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			p.holds(t, map[string]came{
				"doubles-1": success(map[string]any{"n": 1.0, "twice": 2.0}), "doubles-2": success(map[string]any{"n": 2.0, "twice": 4.0}),
				"here": success(map[string]any{"five": 5.0}), "method": success(map[string]any{"n": 20.0, "more": 21.0}),
				"fails": {Status: "FAIL"}, "thread-2": success(map[string]any{"n": 2.0, "twice": 4.0}), "thread-3": {Status: "FAIL"},
			})
		})
	}
}

// A web application under a real uvicorn: its five endpoints, each with several requests at a time.
func TestWebApplication(t *testing.T) {
	t.Parallel()
	p := newProgram(t, tool(t), false)
	s := p.serve(t)
	if got := s.ask(t, "GET", "/", nil); got != `{"pipelines":["doubles","fails"]}` {
		t.Errorf("/: %s", got)
	}
	want := map[string]came{}
	var all sync.WaitGroup
	for i := range 3 {
		n := i + 1
		ask := func(path, pipeline, wanted string) {
			run := fmt.Sprintf("%s-%s-%d", strings.TrimPrefix(path, "/"), pipeline, n)
			want[run] = success(map[string]any{"n": float64(n), "twice": float64(2 * n)})
			if pipeline == "fails" {
				want[run] = came{Status: "FAIL"}
			}
			all.Go(func() {
				if got := s.ask(t, "POST", path, map[string]any{"pipeline": pipeline, "run_id": run, "n": n}); got != wanted {
					t.Errorf("%s %s: %s, want %s", path, pipeline, got, wanted)
				}
			})
		}
		ask("/run", "doubles", `{"status":"SUCCESS"}`)
		ask("/run", "fails", `{"status":"FAIL","error":"the run ended with exit code 1"}`)
		ask("/run-in-loop", "fails", `{"raised":"ExecutionFailedError"}`)
		ask("/run-in-loop", "doubles", `{"raised":"dict"}`)
		prompt := strings.Repeat(fmt.Sprintf("word%d ", n), n)
		chat := fmt.Sprintf("chat-%d", n)
		want[chat] = success(map[string]any{"prompt": prompt, "text": strings.ToUpper(prompt)})
		all.Go(func() {
			events := chatEvents(prompt)
			if diff := cmp.Diff(events, s.events(t, "/chat", map[string]any{"prompt": prompt, "run_id": chat})); diff != "" {
				t.Errorf("/chat (-want +got):\n%s", diff)
			}
		})
	}
	all.Wait()
	p.holds(t, want)
}

// chatEvents are what the pipeline of /chat streams.
func chatEvents(prompt string) (events []any) {
	for _, word := range strings.Fields(prompt) {
		events = append(events, map[string]any{"type": "word", "word": word})
	}
	return append(events, map[string]any{"type": "done", "text": strings.ToUpper(prompt)})
}

// TestWebStreams holds what the two streaming endpoints send against what they send with the real Runnable.
func TestWebStreams(t *testing.T) {
	t.Parallel()
	bin := tool(t)
	got := map[bool][]any{}
	for _, real := range []bool{false, true} {
		s := newProgram(t, bin, real).serve(t)
		got[real] = append(s.events(t, "/run-workflow", map[string]any{}), s.events(t, "/chat", map[string]any{"prompt": "to be or not", "run_id": "chat"})...)
		for _, event := range got[real] {
			if e := event.(map[string]any); e["error"] != nil {
				e["error"] = "its own words"
			}
		}
	}
	if diff := cmp.Diff(got[true], got[false]); diff != "" {
		t.Errorf("(-Runnable +this program):\n%s", diff)
	}
}

// server is a uvicorn that serves the application on a socket.
type server struct{ client *http.Client }

func (p program) serve(t *testing.T) server {
	t.Helper()
	folder, err := os.MkdirTemp("", "web") // short: the name of a socket has few bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	socket := filepath.Join(folder, "s")
	cmd := exec.Command(filepath.Join(filepath.Dir(p.python), "uvicorn"), "service.app:app", "--uds", socket)
	cmd.Dir, cmd.Env = p.dir, p.environ
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the server said:\n%s", said.String())
		}
	})
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	s := server{&http.Client{Transport: &http.Transport{DialContext: dial}, Timeout: 2 * time.Minute}}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if _, err := os.Stat(socket); err == nil {
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server does not come up:\n%s", said.String())
		}
	}
}

// ask makes a request and returns the body of the answer.
func (s server) ask(t *testing.T, method, path string, body any) string {
	t.Helper()
	text, _ := json.Marshal(body)
	request, err := http.NewRequest(method, "http://server"+path, strings.NewReader(string(text)))
	if err != nil {
		t.Error(err)
		return ""
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := s.client.Do(request)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return ""
	}
	defer answer.Body.Close()
	out, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Errorf("%s: %v", path, err)
	}
	return string(out)
}

// events are the events that a request streams.
func (s server) events(t *testing.T, path string, body any) (events []any) {
	t.Helper()
	for lines := bufio.NewScanner(strings.NewReader(s.ask(t, "POST", path, body))); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			var event any
			if err := json.Unmarshal([]byte(text), &event); err != nil {
				t.Error(err)
			}
			events = append(events, event)
		}
	}
	return events
}

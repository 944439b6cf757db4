package step

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

func TestWarmParent(t *testing.T) {
	t.Parallel()
	if !warmable {
		t.Skip("not on this system")
	}
	r := pythonRuntime(t, false)
	job := pythonJob(t, "counting.f", nil, "pid", "imports")
	write(t, job.Dir, "counting.py", "import os\nopen('imports','a').write('x')\ndef f(): return os.getppid(), len(open('imports').read())\n")
	parents := map[string]bool{}
	var last Result
	for range 6 {
		res, log := execute(t, r, job)
		if res.Status != engine.Success {
			t.Fatal(res.Failure, log)
		}
		parents[string(res.Returns[0].Value.JSON)] = true
		last = res
	}
	if len(parents) != 1 || string(last.Returns[1].Value.JSON) != "2" {
		t.Errorf("parents %v, imports %s: want one parent, which imports after a fork did", parents, last.Returns[1].Value.JSON)
	}

	// A changed source file is seen.
	write(t, job.Dir, "counting.py", "def f(): return 'new', 0\n")
	res, log := execute(t, r, job)
	wantSuccess(t, res, log, `pid="new" imports=0`)

	// A module with a thread of its own cannot be forked, and works.
	job = pythonJob(t, "threaded.f", nil, "r")
	write(t, job.Dir, "threaded.py", "import threading, time\nthreading.Thread(target=time.sleep, args=(100,), daemon=True).start()\ndef f(): return threading.active_count()\n")
	for range 3 {
		res, log := execute(t, r, job)
		wantSuccess(t, res, log, "r=2")
	}

	// Random numbers differ from task to task, unless the module seeds them.
	job = pythonJob(t, "rnd.f", nil, "r")
	write(t, job.Dir, "rnd.py", "import random\ndef f(): return random.random()\n")
	write(t, job.Dir, "seeded.py", "import random\nrandom.seed(7)\ndef f(): return random.random()\n")
	seen, seeded := map[string]bool{}, map[string]bool{}
	for range 4 {
		res, _ := execute(t, r, job)
		seen[show(res.Returns)] = true
		job.Node = &ir.Task{Command: &ir.Python{Function: "seeded.f"}, Returns: returning("r")}
		res, _ = execute(t, r, job)
		seeded[show(res.Returns)] = true
		job.Node = &ir.Task{Command: &ir.Python{Function: "rnd.f"}, Returns: returning("r")}
	}
	if len(seen) != 4 || len(seeded) != 1 {
		t.Errorf("random %v, seeded %v", seen, seeded)
	}
}

func TestWarmParentSurvivesItsTasks(t *testing.T) {
	t.Parallel()
	r := pythonRuntime(t, false)
	dir := t.TempDir()
	write(t, dir, "functions.py", functions)
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			job := pythonJob(t, []string{"functions.crash", "functions.os_exit_4", "functions.echo"}[i%3], params("x", fmt.Sprint(i)), "r")
			job.Dir = dir
			res, log := execute(t, r, job)
			if i%3 == 2 {
				wantSuccess(t, res, log, fmt.Sprintf("r=%d", i))
			} else if res.Status != engine.Failed {
				t.Errorf("%d: %s", i, res.Status)
			}
		}()
	}
	wg.Wait()
}

func TestPythonMultiprocessing(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		job := pythonJob(t, "pools.f", nil, "spawn", "fork", "subprocess")
		write(t, job.Dir, "pools.py", `
import concurrent.futures, multiprocessing, subprocess, sys
def square(x): return x * x
def pool(method):
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as p:
        return list(p.map(square, [1, 2, 3]))
def f():
    out = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True, check=True).stdout
    return pool("spawn"), pool("fork"), int(out)
`)
		for range 2 {
			res, log := execute(t, r, job)
			wantSuccess(t, res, log, "spawn=[1,4,9] fork=[1,4,9] subprocess=42")
		}
	})
}

// TestInterpreterThatCannotBeAParent: tasks run all the same, and the parent is not tried again.
func TestInterpreterThatCannotBeAParent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	site := write(t, dir, "site/sitecustomize.py", "import os, sys\nif sys.orig_argv[-1] == 'serve':\n    open("+fmt.Sprintf("%q", dir+"/tried")+", 'a').write('x')\n    os._exit(1)\n")
	r := pythonRuntime(t, false)
	if out, err := exec.Command(python3(r), "-c", "import sys; sys.orig_argv").CombinedOutput(); err != nil {
		t.Skipf("needs Python 3.10: %s", out)
	}
	r.opts.Environ = append(r.opts.Environ, "PYTHONPATH="+filepath.Dir(site))
	job := pythonJob(t, "functions.none", nil, "r")
	for range 3 {
		res, log := execute(t, r, job)
		wantSuccess(t, res, log, "r=null")
	}
	if got := read(t, filepath.Join(dir, "tried")); got != "x" {
		t.Errorf("tried %d times", len(got))
	}
}

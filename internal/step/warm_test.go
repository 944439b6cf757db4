package step

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// warmJob is a step of a module m with a function f.
func warmJob(t *testing.T, source string, returns ...string) Job {
	t.Helper()
	if !warmable {
		t.Skip("not on this system")
	}
	job := pythonJob(t, "m.f", nil, returns...)
	write(t, job.Dir, "m.py", source)
	return job
}

func TestWarmParent(t *testing.T) {
	t.Parallel()
	r := pythonRuntime(t, false)
	job := warmJob(t, "import os\nopen('imports','a').write('x')\ndef f(): return os.getppid(), len(open('imports').read())\n", "pid", "imports")
	parents := map[string]bool{}
	for n := range 4 {
		res, log := execute(t, r, job)
		if res.Status != engine.Success {
			t.Fatal(res.Failure, log)
		}
		parents[string(res.Returns[0].Value.JSON)] = true
		if got := string(res.Returns[1].Value.JSON); got != strconv.Itoa(n+1) {
			t.Errorf("imported %s times by %d steps: want each fork to import it, and the parent never", got, n+1)
		}
	}
	if len(parents) != 1 || parents[strconv.Itoa(os.Getpid())] {
		t.Errorf("parents %v, want one that is not ours", parents)
	}

	// A changed source file is seen.
	write(t, job.Dir, "m.py", "def f(): return 'new', 0\n")
	res, log := execute(t, r, job)
	wantSuccess(t, res, log, `pid="new" imports=0`)
}

// TestWarmModulesOfOneNameAreTheirSteps: what one module does to its process is not seen in the steps of another.
func TestWarmModulesOfOneNameAreTheirSteps(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		job := warmJob(t, "")
		const source = "import os, random, sys\nrandom.seed(0)\nos.umask(0o077)\nos.environ['SEEN'] = LIB\nsys.path.insert(0, LIB)\nimport utils\ndef f(): return utils.name, os.environ['SEEN']\n"
		for _, lib := range []string{"libA", "libB"} {
			write(t, job.Dir, lib+"/utils.py", fmt.Sprintf("name = %q\n", lib))
			write(t, job.Dir, "of"+lib+".py", strings.ReplaceAll(source, "LIB", strconv.Quote(lib)))
		}
		for _, lib := range []string{"libA", "libA", "libB", "libA"} {
			job.Node = &ir.Task{Command: &ir.Python{Function: "of" + lib + ".f"}, Returns: returning("name", "seen")}
			res, log := execute(t, r, job)
			wantSuccess(t, res, log, fmt.Sprintf("name=%q seen=%q", lib, lib))
		}
	})
}

// TestWarmFilesOfTheModuleAreFresh: a module that reads a file when it is imported reads what is there for the step.
func TestWarmFilesOfTheModuleAreFresh(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		job := warmJob(t, "import json\nVOCAB = json.load(open('vocab.json'))\ndef f(): return VOCAB\n", "r")
		for n := range 3 {
			write(t, job.Dir, "vocab.json", strconv.Itoa(n))
			res, log := execute(t, r, job)
			wantSuccess(t, res, log, fmt.Sprintf("r=%d", n))
		}
	})
}

// TestWarmReadOnlyFolder: where Python cannot write bytecode, a fork goes without, as an interpreter does.
func TestWarmReadOnlyFolder(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		job := warmJob(t, "def f(): return 1\n", "r")
		if err := os.Chmod(job.Dir, 0o500); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(job.Dir, 0o700)
		for range 2 {
			res, log := execute(t, r, job)
			wantSuccess(t, res, log, "r=1")
		}
	})
}

// TestWarmTimeLimitsAreEachStepsOwn: while one module imports for long, the limit of another step holds, and ends no other.
func TestWarmTimeLimitsAreEachStepsOwn(t *testing.T) {
	t.Parallel()
	r := pythonRuntime(t, false)
	job := warmJob(t, "import time\ntime.sleep(4)\ndef f(): return 1\n", "r")
	write(t, job.Dir, "quick.py", "import time\ndef f(): time.sleep(60)\n")
	_, log := execute(t, r, pythonJob(t, "functions.none", nil)) // there is a parent
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		defer both.Done()
		res, log := execute(t, r, job)
		wantSuccess(t, res, log, "r=1")
	}()
	go func() {
		defer both.Done()
		short := job
		short.Node = &ir.Task{Command: &ir.Python{Function: "quick.f"}, Timeout: time.Second}
		res, log := execute(t, r, short)
		wantFailure(t, res, log, engine.KindTimeout, "quick.f ran longer than 1s")
	}()
	both.Wait()
	_ = log
}

// TestWarmParentDies: a parent that is killed, or hangs, takes no step along, and later steps do without it.
func TestWarmParentDies(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"killed": syscall.SIGKILL, "stopped": syscall.SIGSTOP} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := pythonRuntime(t, false)
			job := warmJob(t, "import os, time\ndef f():\n    open('parent', 'w').write(str(os.getppid()))\n    while not os.path.exists('go'): time.sleep(0.01)\n    return 1\n", "r")
			write(t, job.Dir, "other.py", "def f(): return 2\n")
			done := make(chan struct{})
			go func() {
				defer close(done)
				res, log := execute(t, r, job)
				wantSuccess(t, res, log, "r=1")
			}()
			parent := 0
			for parent == 0 {
				time.Sleep(10 * time.Millisecond)
				data, _ := os.ReadFile(filepath.Join(job.Dir, "parent"))
				parent, _ = strconv.Atoi(string(data))
			}
			if parent == os.Getpid() {
				t.Fatal("the step is no fork of a parent")
			}
			if err := syscall.Kill(parent, signal); err != nil {
				t.Fatal(err)
			}
			other := job
			other.Node = &ir.Task{Command: &ir.Python{Function: "other.f"}, Returns: returning("r"), Timeout: time.Minute}
			for range 2 {
				res, log := execute(t, r, other)
				wantSuccess(t, res, log, "r=2")
			}
			write(t, job.Dir, "go", "")
			<-done
		})
	}
}

// TestWarmTasksEndWithTheRun: what a parent forked is gone when the runtime is closed, also where the parent was killed.
func TestWarmTasksEndWithTheRun(t *testing.T) {
	t.Parallel()
	r := New(Options{Environ: os.Environ(), Python: os.Getenv("TEST_PYTHON"), Grace: 200 * time.Millisecond})
	job := warmJob(t, "import os, time\ndef f():\n    open('me', 'w').write(str(os.getpid()) + ' ' + str(os.getppid()))\n    time.sleep(1000)\n")
	done := make(chan struct{})
	go func() {
		defer close(done)
		execute(t, r, job)
	}()
	var me, parent int
	for me == 0 {
		time.Sleep(10 * time.Millisecond)
		data, _ := os.ReadFile(filepath.Join(job.Dir, "me"))
		_, _ = fmt.Sscan(string(data), &me, &parent)
	}
	if parent == os.Getpid() {
		t.Fatal("the step is no fork of a parent")
	}
	_ = syscall.Kill(parent, syscall.SIGKILL)
	r.pool.close() // as the system does when it closes the descriptors of a process that was killed
	<-done
	if alive(me) {
		t.Errorf("process %d still runs", me)
	}
	_ = r.Close()
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

// TestWarmStartCodeOfTheUsers: what of the user's runs at each start of Python runs for each step, and makes no parent.
func TestWarmStartCodeOfTheUsers(t *testing.T) {
	t.Parallel()
	r := pythonRuntime(t, false)
	job := warmJob(t, "import os, sitecustomize\ndef f(): return sitecustomize.step, os.getppid()\n", "step", "parent")
	site := write(t, job.Dir, "site/sitecustomize.py", "import os\nstep = os.environ.get('RUNNABLE_STEP')\n")
	r.opts.Environ = append(r.opts.Environ, "PYTHONPATH="+filepath.Dir(site))
	for range 2 {
		res, log := execute(t, r, job)
		wantSuccess(t, res, log, fmt.Sprintf(`step="s" parent=%d`, os.Getpid()))
	}
}

// TestInterpreterThatCannotBeAParent: tasks run all the same, and the parent is not tried again.
func TestInterpreterThatCannotBeAParent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tried := filepath.Join(dir, "tried")
	site := write(t, dir, "site/sitecustomize.py", fmt.Sprintf("import os\nif b'\\0serve' in open('/proc/self/cmdline', 'rb').read():\n    open(%q, 'a').write('x')\n    os._exit(1)\n", tried))
	r := pythonRuntime(t, false)
	r.opts.Environ = append(r.opts.Environ, "PYTHONPATH="+filepath.Dir(site))
	for range 3 {
		res, log := execute(t, r, pythonJob(t, "functions.none", nil, "r"))
		wantSuccess(t, res, log, "r=null")
	}
	if got := read(t, tried); got != "x" {
		t.Errorf("tried %d times", len(got))
	}
}

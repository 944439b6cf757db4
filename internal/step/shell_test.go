package step

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// shells are those of this machine that can be /bin/sh.
func shells(t *testing.T) map[string]string {
	out := map[string]string{"sh": "/bin/sh"}
	dir := t.TempDir()
	for _, name := range []string{"dash", "bash", "busybox", "mksh", "ksh"} {
		p, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		link := filepath.Join(dir, name, "sh") // a shell acts as sh by the name it is called by
		if err := os.Mkdir(filepath.Dir(link), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(p, link); err != nil {
			t.Fatal(err)
		}
		out[name] = link
	}
	return out
}

func TestShellReturns(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, script string
		returns      []string
		want         string
	}{
		// Vectors A.2 of the reference, with the corrections of SEMANTICS 3.
		{"kinds", `export i=1; export f=3.14; export s=hello; export p='{"x": 10, "foo": "bar"}'`, []string{"i", "f", "s", "p"}, `i=1 f=3.14 s="hello" p={"x":10,"foo":"bar"}`},
		{"quoted", `export q='"quoted"'`, []string{"q"}, `q="quoted"`},
		{"blanks are kept", `export sp="  lead "`, []string{"sp"}, `sp="  lead "`},
		{"exit 0", `export x=1; exit 0`, []string{"x"}, `x=1`},
		{"last status", `false || true; (exit 3); export x=4`, []string{"x"}, `x=4`},
		{"many lines", "export ml='l1\nl2\n'", []string{"ml"}, `ml="l1\nl2\n"`},
		{"markup", `echo '[/x]'; export x=1`, []string{"x"}, `x=1`},
		{"text", `export t=007 u=1 v='"q"'`, []string{"t:text", "u:text", "v:text"}, `t="007" u="1" v="\"q\""`},
		{"007 is not JSON", `export t=007 n=NaN`, []string{"t", "n"}, `t="007" n="NaN"`},
		{"metric", `export m=0.5`, []string{"m:metric"}, `m=0.5`},
		{"big integer", `export n=123456789012345678901234567890`, []string{"n"}, `n=123456789012345678901234567890`},
		{"own exit trap", `trap 'echo bye' EXIT; export x=5; exit 0`, []string{"x"}, `x=5`},
		{"own exit trap by number", `trap 'echo bye' 0 TERM; export x=5`, []string{"x"}, `x=5`},
		{"trap that exports", `trap 'export x=6' EXIT`, []string{"x"}, `x=6`},
		{"trap taken back", `trap 'exit 9' EXIT; trap - EXIT; export x=7`, []string{"x"}, `x=7`},
		{"trap in a subshell", `(trap 'echo in sub' EXIT; export x=8; exit 0); export x=9`, []string{"x"}, `x=9`},
		{"exec", `export x=10; exec true`, []string{"x"}, `x=10`},
		{"exec after and", `export x=11; true && exec true`, []string{"x"}, `x=11`},
		{"exec of redirections only", `exec 3>&1 >/dev/null; export x=12; echo y >&3`, []string{"x"}, `x=12`},
		{"set -eu", "set -eu\nexport x=13\n", []string{"x"}, `x=13`},
		{"strange settings", "set -efuC; IFS=x; umask 777; cd /; export x=a\\ xb; unset PATH", []string{"x"}, `x="a xb"`},
		{"closed output", "exec >&- 2>&-; export x=14", []string{"x"}, `x=14`},
		{"names of ours", "export n=1 l=2 x=3 v=4 s=5 a=6 c=7", []string{"n", "l", "x", "v", "s", "a", "c"}, `n=1 l=2 x=3 v=4 s=5 a=6 c=7`},
		{"quotes and dollars", `export x='$(touch /tmp/no) "` + "`" + `\\ '`, []string{"x"}, `x="$(touch /tmp/no) \"` + "`" + `\\\\ "`},
		{"a file", `printf '%s' '[1, 2]' >"$RUNNABLE_RETURNS/x"`, []string{"x"}, `x=[1,2]`},
		{"a file by echo", `echo hello >"$RUNNABLE_RETURNS/x"`, []string{"x"}, `x="hello"`},
		{"a file before a variable", `export x=1; echo 2 >"$RUNNABLE_RETURNS/x"`, []string{"x"}, `x=2`},
		{"a name that is not an identifier", `echo 3 >"$RUNNABLE_RETURNS/my-name"`, []string{"my-name"}, `my-name=3`},
		{"only what is named", `export x=1 secret=2`, []string{"x"}, `x=1`},
		{"nothing returned", `export x=1`, nil, ``},
		{"empty", `export x=`, []string{"x"}, `x=""`},
		{"a function and a loop", "f() { export y=$1; }\nfor i in 1 2; do f $i; done", []string{"y"}, `y=2`},
	}
	for name, sh := range shells(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runtimeFor(t, Options{})
			r.shell = sh
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					res, log := execute(t, r, shellJob(t, c.script, c.returns...))
					wantSuccess(t, res, log, c.want)
				})
			}
		})
	}
}

func TestShellLargeReturn(t *testing.T) {
	t.Parallel()
	r := runtimeFor(t, Options{})
	// Above what a variable may hold for any program that would be started: read back all the same.
	res, log := execute(t, r, shellJob(t, `x=$(head -c 300000 /dev/zero | tr '\0' a); export x`, "x"))
	wantSuccess(t, res, log, `x="`+strings.Repeat("a", 300000)+`"`)
}

func TestShellFailures(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, script string
		returns      []string
		kind         engine.FailureKind
		code         int
		says         []string
	}{
		{"exit code", "echo to the log >&2; exit 3", nil, engine.KindError, 3, []string{"exit code 3", "to the log"}},
		{"missing", "export a=1; unexported=5", []string{"a", "unexported", "absent"}, engine.KindData, 0, []string{`"unexported", "absent"`, "not exported"}},
		{"unknown command", "nonesuch-command", []string{"x"}, engine.KindError, 127, []string{"exit code 127"}},
		{"syntax", "if true; then", []string{"x"}, engine.KindError, 2, []string{"exit code 2"}},
		{"set -e", "set -e\nexport x=1\nfalse\n", []string{"x"}, engine.KindError, 1, nil},
		{"a trap's exit code", "trap 'exit 7' EXIT; export x=1", []string{"x"}, engine.KindError, 7, nil},
		{"a trap keeps the code", "trap 'true' EXIT; exit 6", []string{"x"}, engine.KindError, 6, nil},
		{"killed", "kill -TERM $$", nil, engine.KindKilled, 143, []string{"SIGTERM"}},
		{"not text", `printf '\377' >"$RUNNABLE_RETURNS/x"`, []string{"x"}, engine.KindData, 0, []string{"UTF-8"}},
		{"object", "export x=1", []string{"x:object"}, engine.KindData, 0, []string{"object"}},
	}
	r := runtimeFor(t, Options{})
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			res, log := execute(t, r, shellJob(t, c.script, c.returns...))
			wantFailure(t, res, log, c.kind, c.says...)
			if res.Failure.ExitCode != c.code {
				t.Errorf("exit code %d, want %d", res.Failure.ExitCode, c.code)
			}
			if res.Failure.Step != "s" {
				t.Errorf("step %q", res.Failure.Step)
			}
		})
	}
}

func TestShellTrapSeesStatus(t *testing.T) {
	t.Parallel()
	for name, sh := range shells(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runtimeFor(t, Options{})
			r.shell = sh
			_, log := execute(t, r, shellJob(t, "trap 'echo status $?' EXIT\nset -e\nexit 4", "x"))
			if !strings.Contains(log, "status 4\n") {
				t.Errorf("log: %s", log)
			}
			_, log = execute(t, r, shellJob(t, "(trap 'echo in the subshell' EXIT)\nexport x=1", "x"))
			if strings.Count(log, "in the subshell") != 1 {
				t.Errorf("log: %s", log)
			}
		})
	}
}

func TestShellEnvironment(t *testing.T) {
	t.Parallel()
	r := runtimeFor(t, Options{Environ: append(os.Environ(), "MINE=yes", "HOME=/home/me", "RUNNABLE_DEFINITION=big", "RUNNABLE_PRM_a=1", "y=stale")})
	job := shellJob(t, `
[ "$integer" = 1 ] && [ "$floater" = 3.14 ] && [ "$stringer" = "hello" ] && [ "$pydantic_param" = '{"x": 10, "foo": "bar"}' ] || exit 11
[ "$list" = '[1, "a, b: c", null]' ] && [ "$yes" = true ] && [ "$nothing" = null ] && [ "$one" = 1.0 ] || exit 12
[ "$HOME" = /home/me ] && [ "$MINE" = yes ] && [ "$STEP_ENV" = "a b" ] && [ -z "${RUNNABLE_DEFINITION+x}" ] && [ "$RUNNABLE_PRM_a" = 1 ] || exit 13
[ -z "${big+x}" ] && [ "$(wc -c <"$RUNNABLE_PARAMS/big")" -eq 98305 ] && [ "$(printf %s "$fits" | wc -c)" -eq 98304 ] || exit 14
[ "$(cat "$RUNNABLE_PARAMS/my-name")" = dash ] && [ "$(cat "$RUNNABLE_PARAMS/a%2Fb")" = slash ] && [ "$(cat "$RUNNABLE_PARAMS/HOME")" = /evil ] || exit 15
[ "$RUNNABLE_RUN_ID/$RUNNABLE_STEP/$RUNNABLE_STEP_ATTEMPT" = r/s/1 ] || exit 16
[ "$RUNNABLE_FAILED_STEP/$RUNNABLE_FAILURE_KIND/$RUNNABLE_FAILURE_MESSAGE" = "p.a/oom/it's too big" ] || exit 17
[ "$chunk" = '{"k": 1}' ] && [ "$k" = 3 ] || exit 18
[ -z "${LD_PRELOAD+x}" ] && [ "$IFS" = "$(printf ' \t\nx')" -o -n "$IFS" ] && [ "$multi" = "a
b" ] || exit 19
case $(tty) in *"not a tty"*) ;; *) exit 20 ;; esac
`)
	big, fits := strings.Repeat("x", 98305), strings.Repeat("y", 98304)
	job.Params = params("integer", "1", "floater", "3.14", "stringer", `"hello"`, "pydantic_param", `{"x":10,"foo":"bar"}`,
		"list", `[1,"a, b: c",null]`, "yes", "true", "nothing", "null", "one", "1.0", "big", `"`+big+`"`, "fits", `"`+fits+`"`,
		"my-name", `"dash"`, "a/b", `"slash"`, "HOME", `"/evil"`, "LD_PRELOAD", `"/evil.so"`, "IFS", `"q"`, "multi", `"a\nb"`,
		"chunk", `{"k":1}`, "k", "3")
	job.Vars = []engine.Var{{Name: "chunk", Value: job.Params[len(job.Params)-2].Value}, {Name: "k", Value: engine.Int(3)}}
	job.Env = []ir.EnvVar{{Name: "STEP_ENV", Value: "a b"}}
	job.Failed = &engine.Failure{Step: "p.a", Kind: engine.KindOOM, Message: "it's too big"}
	res, log := execute(t, r, job)
	wantSuccess(t, res, log, "")

	// A variable that only stood in the environment was not set by the script.
	res, log = execute(t, r, shellJob(t, "true", "y"))
	wantFailure(t, res, log, engine.KindData, `"y"`)
}

func TestShellParameterIsReturned(t *testing.T) {
	t.Parallel()
	r := runtimeFor(t, Options{})
	job := shellJob(t, `n=$((n + 1))`, "n") // exported since it came with the environment
	job.Params = params("n", "1")
	res, log := execute(t, r, job)
	wantSuccess(t, res, log, "n=2")
}

func TestShellManyParameters(t *testing.T) {
	t.Parallel()
	r := runtimeFor(t, Options{})
	dir := t.TempDir()
	for round, want := range []string{"first 99 last", "second 99 last", "second 99 last"} {
		job := shellJob(t, `export x="$(cat "$RUNNABLE_PARAMS/p0") $(cat "$RUNNABLE_PARAMS/p99") $p199"; export n="$(ls "$RUNNABLE_PARAMS" | wc -l)"`, "x", "n")
		job.Dir = dir
		job.Params = []engine.Named{}
		for i := range 200 + round {
			job.Params = append(job.Params, param(fmt.Sprintf("p%d", i), strconv.Itoa(i)))
		}
		job.Params[0] = param("p0", `"`+strings.Fields(want)[0]+`"`)
		job.Params[199] = param("p199", `"last"`)
		res, log := execute(t, r, job)
		wantSuccess(t, res, log, fmt.Sprintf("x=%q n=%d", want, 200+round))
	}
	// What one script does to its files does not reach the next.
	for range 3 {
		job := shellJob(t, `[ "$(cat "$RUNNABLE_PARAMS/a")" = 1 ] && [ "$(ls "$RUNNABLE_PARAMS" | wc -l)" -eq 2 ] || exit 1
chmod 600 "$RUNNABLE_PARAMS/a"; echo 9 >"$RUNNABLE_PARAMS/a"; rm -f "$RUNNABLE_PARAMS/b"; touch "$RUNNABLE_PARAMS/c"`)
		job.Params = params("a", "1", "b", "2")
		res, log := execute(t, r, job)
		wantSuccess(t, res, log, "")
		job = shellJob(t, `[ "$(cat "$RUNNABLE_PARAMS/a")" = 1 ] || exit 1; printf 9 >"$RUNNABLE_PARAMS/a" || :`)
		job.Params = params("a", "1", "b", "2")
		res, log = execute(t, r, job)
		wantSuccess(t, res, log, "")
	}
	// More than the system takes: the rest is in files, and the step runs.
	job := shellJob(t, `export n="$(cat "$RUNNABLE_PARAMS"/q* | wc -c)"`, "n")
	for i := range 40 {
		job.Params = append(job.Params, param(fmt.Sprintf("q%d", i), `"`+strings.Repeat("z", 90_000)+`"`))
	}
	res, log := execute(t, r, job)
	wantSuccess(t, res, log, "n=3600000")
}

func TestShellLog(t *testing.T) {
	t.Parallel()
	r := runtimeFor(t, Options{})
	_, log := execute(t, r, shellJob(t, "echo one; echo two >&2; printf three"))
	if log != "one\ntwo\nthree" {
		t.Errorf("log %q", log)
	}
	// Output streams: the line is here while the script still runs.
	pr, pw, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	job := shellJob(t, `echo here; until [ -e go ]; do sleep 0.02; done`)
	job.Log = pw
	done := make(chan Result)
	go func() { done <- r.Execute(context.Background(), job) }()
	buf := make([]byte, 5)
	if _, err := pr.Read(buf); err != nil || string(buf) != "here\n" {
		t.Errorf("read %q, %v", buf, err)
	}
	write(t, job.Dir, "go", "")
	if res := <-done; res.Status != engine.Success {
		t.Errorf("%+v", res.Failure)
	}
}

// alive says whether a process runs (a zombie does not).
func alive(pid int) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		p, _ := os.FindProcess(pid)
		return p.Signal(syscall.Signal(0)) == nil && !os.IsNotExist(err)
	}
	rest := string(data[strings.LastIndexByte(string(data), ')')+1:])
	return !strings.HasPrefix(rest, " Z") && !strings.HasPrefix(rest, " X")
}

func pids(t *testing.T, dir string, names ...string) []int {
	t.Helper()
	var out []int
	for _, n := range names {
		pid, err := strconv.Atoi(strings.TrimSpace(read(t, filepath.Join(dir, n))))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, pid)
	}
	return out
}

const spawner = `
sleep 1000 & echo $! >child
(trap '' TERM; sleep 1000 & echo $! >deaf; wait) &
setsid sh -c 'echo $$ >escaped; exec sleep 1000' </dev/null >/dev/null 2>&1 &
while [ ! -s escaped ] || [ ! -s deaf ]; do sleep 0.02; done
`

func TestTimeoutEndsEverything(t *testing.T) {
	t.Parallel()
	r := runtimeFor(t, Options{Grace: 100 * time.Millisecond})
	job := shellJob(t, "trap '' TERM\n"+spawner+"touch ready; sleep 1000")
	job.Node.(*ir.Task).Timeout = 2 * time.Second
	res, log := execute(t, r, job)
	wantFailure(t, res, log, engine.KindTimeout, "longer than 2s")
	for _, pid := range pids(t, job.Dir, "child", "deaf", "escaped") {
		if alive(pid) {
			t.Errorf("process %d still runs", pid)
		}
	}
}

func TestNothingIsLeftAfterSuccess(t *testing.T) {
	t.Parallel()
	r := runtimeFor(t, Options{})
	job := shellJob(t, spawner+"export x=1", "x")
	res, log := execute(t, r, job)
	wantSuccess(t, res, log, "x=1")
	for _, pid := range pids(t, job.Dir, "child", "deaf", "escaped") {
		if alive(pid) {
			t.Errorf("process %d still runs", pid)
		}
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	r := runtimeFor(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	job := shellJob(t, "trap 'echo cleaned up; exit 1' TERM; touch ready; while :; do sleep 0.02; done")
	go func() {
		for {
			if _, err := os.Stat(filepath.Join(job.Dir, "ready")); err == nil {
				cancel()
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	res, log := executeIn(t, ctx, r, job)
	wantFailure(t, res, log, engine.KindKilled, "stopped with the run")
	if !strings.Contains(log, "cleaned up") {
		t.Errorf("the script had no time to clean up: %q", log)
	}
}

func TestKill9IsKilledOrOOM(t *testing.T) {
	t.Parallel()
	r := runtimeFor(t, Options{})
	for _, script := range []string{"kill -9 $$", "sh -c 'kill -9 $$'; exit $?"} {
		res, log := execute(t, r, shellJob(t, script))
		kind := engine.KindKilled
		if new(system).oomKills() < 0 { // it cannot be told apart here
			kind = engine.KindOOM
		}
		wantFailure(t, res, log, kind)
		if res.Failure.ExitCode != 137 {
			t.Errorf("exit code %d", res.Failure.ExitCode)
		}
	}
}

// counting takes a log without keeping it.
type counting struct{ n, largest int }

func (c *counting) Write(p []byte) (int, error) {
	c.n += len(p)
	c.largest = max(c.largest, len(p))
	return len(p), nil
}

func TestLongLine(t *testing.T) {
	t.Parallel()
	r := runtimeFor(t, Options{Secrets: MapSecrets(map[string]string{"TOKEN": "s3cr3t-value"}, "a map")})
	job := shellJob(t, `head -c 50000000 /dev/zero | tr '\0' x`)
	job.Node.(*ir.Task).Secrets = []ir.Ref{{Name: "TOKEN"}}
	var c counting
	job.Log = &c
	if res := r.Execute(context.Background(), job); res.Status != engine.Success {
		t.Fatal(res.Failure)
	}
	if c.n != 50_000_000 || c.largest > 1<<20 {
		t.Errorf("%d bytes, in pieces of up to %d", c.n, c.largest)
	}
}

func TestWhatCannotStart(t *testing.T) {
	t.Parallel()
	r := runtimeFor(t, Options{})
	for _, c := range []ir.Command{&ir.GoFunc{Function: "f"}, &ir.Plugin{Kind: "torch"}} { // notebooks: notebook_test.go
		res, log := execute(t, r, Job{Path: "s", Dir: t.TempDir(), Node: &ir.Task{Command: c}})
		wantFailure(t, res, log, engine.KindError, "want an executable")
	}
	if res, _ := execute(t, r, Job{Path: "s", Node: &ir.Stub{}}); res.Status != engine.Success {
		t.Error(res.Failure)
	}
	res, log := execute(t, r, Job{Path: "s", Dir: filepath.Join(t.TempDir(), "gone"), Node: &ir.Task{Command: &ir.Shell{Script: "true"}}})
	wantFailure(t, res, log, engine.KindError, "working folder")
}

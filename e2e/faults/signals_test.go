//go:build e2e

package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

var signals = map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP}

// TestSignals ends the program in each of its phases. It exits with 130, leaves nothing running, and a retry goes on
// without running again what had succeeded.
func TestSignals(t *testing.T) {
	t.Parallel()
	long := "touch $PLACE/here; sleep 1000 & wait"
	once := "[ -e $PLACE/here ] || { " + long + "; }" // on the retry it passes
	phases := []struct {
		name   string
		files  map[string]string
		args   []string
		at     string // the signal comes when this is there
		begins bool   // the run has begun by then
	}{
		{"step", map[string]string{"pipeline.yaml": chain("true", once, "true")}, nil, "here", true},
		{"composite", map[string]string{"pipeline.yaml": "dag:\n  steps:\n    p:\n      type: parallel\n      branches:\n        x:\n" + inner(chain(once)) + "        y:\n" + inner(chain("true"))}, nil, "here", true},
		{"python", map[string]string{"steps.py": "import os, time\ndef f():\n    if not os.path.exists('here'):\n        open('here', 'w').close()\n        time.sleep(1000)\n", "pipeline.yaml": "dag:\n  steps:\n    f: {type: task, command: steps.f}\n"}, nil, "here", true},
		{"retry's wait", map[string]string{"pipeline.yaml": strings.Replace(chain("[ -e here ] || { touch here; exit 1; }"), "command:", "retry: {limit: 3, backoff: {duration: 1000s}}\n      command:", 1)}, nil, ".runnable/runs/*/steps/a/1.json", true},
		{"catalog put", map[string]string{"pipeline.yaml": strings.Replace(chain("rm -f big; [ -e here ] || truncate -s 600M big; echo x >> big; touch here", "true"), "command:", "catalog: {put: [big]}\n      command:", 1)}, nil, "here", true},
		{"python definition", map[string]string{"pipeline.py": "import time\nopen('here', 'w').close()\ntime.sleep(1000)\n"}, []string{"pipeline.py"}, "here", false},
	}
	for _, ph := range phases {
		for name, sig := range signals {
			t.Run(ph.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				p := newPlace(t, ph.files)
				c := p.start(append([]string{"run"}, ph.args...)...)
				p.appears(ph.at)
				p.must(c.Process.Signal(sig))
				c.demand(130)
				p.noTemp()
				runs := p.runs(p.path(".runnable"))
				if (len(runs) == 1) != ph.begins {
					t.Fatalf("runs %v", runs)
				}
				for _, run := range runs {
					p.goesOn(p.path(".runnable"), run)
				}
			})
		}
	}
}

// inner indents the steps of a chain to those of a branch.
func inner(chain string) string {
	_, steps, _ := strings.Cut(chain, "\n")
	return "          " + strings.ReplaceAll(strings.TrimSuffix(steps, "\n"), "\n", "\n          ") + "\n"
}

// TestSignalWhileReading ends the program while it waits for its definition to come from somewhere.
func TestSignalWhileReading(t *testing.T) {
	t.Parallel()
	for name, sig := range signals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, map[string]string{"pipeline.yaml": "dag: {steps: {a: {type: stub}}}\n"})
			r, w, err := os.Pipe()
			p.must(err)
			defer w.Close()
			cmd := exec.Command(p.bin, "run", "-p", "/dev/stdin")
			cmd.Stdin = r
			c := p.startAs(cmd)
			p.must(r.Close())
			_, err = w.Write(make([]byte, 1<<20)) // which returns when the program has read most of it
			p.must(err)
			p.must(c.Process.Signal(sig))
			c.demand(130)
		})
	}
}

// TestSignalAtAnyMoment ends the program at moments from before its first instruction to behind its last: by the number
// of records that there are, and by time.
func TestSignalAtAnyMoment(t *testing.T) {
	t.Parallel()
	var stubs strings.Builder
	stubs.WriteString("dag:\n  steps:\n")
	for i := range 300 {
		fmt.Fprintf(&stubs, "    s%d: {type: stub}\n", i)
	}
	moments := []string{"", ".runnable", ".runnable/runs/*/run.json"}
	for _, n := range []int{0, 1, 50, 150, 298, 299} {
		moments = append(moments, fmt.Sprintf(".runnable/runs/*/steps/s%d/1.json", n))
	}
	moments = append(moments, ".runnable/runs/*/end.json")
	for i, moment := range moments {
		for name, sig := range signals {
			t.Run(fmt.Sprintf("%d/%s", i, name), func(t *testing.T) {
				t.Parallel()
				p := newPlace(t, map[string]string{"pipeline.yaml": stubs.String()})
				c := p.start("run")
				if moment != "" {
					p.appears(moment)
				}
				p.must(c.Process.Signal(sig))
				switch code := c.end(); code {
				case 0, 130:
				case 128 + int(sig): // it had not come to its first instruction
					if moment != "" {
						t.Errorf("killed by the signal at %s", moment)
					}
				default:
					t.Errorf("exit code %d:\n%s", code, tailOf(c.errout.String()))
				}
				for _, run := range p.runs(p.path(".runnable")) {
					p.goesOn(p.path(".runnable"), run)
					if n := len(p.succeeded(p.path(".runnable"), run)); n != 300 {
						t.Errorf("%d steps of 300", n)
					}
				}
			})
		}
	}
}

// TestSecondSignal ends at once a program whose step takes its time to end.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{"pipeline.yaml": chain("trap 'touch asked' TERM; touch here; while :; do sleep 0.05; done")})
	c := p.start("run")
	p.appears("here")
	p.must(c.Process.Signal(syscall.SIGINT))
	p.appears("asked")
	p.must(c.Process.Signal(syscall.SIGINT))
	if code := c.end(); code != 128+int(syscall.SIGINT) {
		t.Errorf("exit code %d", code)
	}
}

// TestChildIgnoresTERM ends a step that will not end, by the run's end and by its own time limit.
func TestChildIgnoresTERM(t *testing.T) {
	t.Parallel()
	stubborn := "trap '' TERM INT HUP; touch here; while :; do sleep 1000; done"
	t.Run("signal", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t, map[string]string{"pipeline.yaml": chain(stubborn)})
		c := p.start("run")
		p.appears("here")
		p.must(c.Process.Signal(syscall.SIGTERM))
		c.demand(130)
		p.noTemp()
	})
	t.Run("timeout", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t, map[string]string{"pipeline.yaml": strings.Replace(chain(stubborn), "command:", "timeout: 1s\n      command:", 1)})
		p.ends(1, []string{"run"}, "ran longer than 1s and was stopped")
		p.noTemp()
	})
}

// TestChildForksAway: what a step leaves running, in its group, in a session of its own, or forked twice, ends with the
// step, and the step does not wait for it.
func TestChildForksAway(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"background":   "sleep 1000 &",
		"session":      "setsid sleep 1000 &",
		"double fork":  "( setsid sh -c 'sleep 1000 & sleep 1000 &' & )",
		"nohup":        "nohup sleep 1000 >/dev/null 2>&1 &",
		"closed files": "setsid sleep 1000 <&- >&- 2>&- &",
		"python":       "python3 -c 'import os,time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0: time.sleep(1000)'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, map[string]string{"pipeline.yaml": chain(script, "true")})
			p.ends(0, []string{"run"}, "SUCCESS")
			if left := p.alive(); len(left) > 0 {
				t.Errorf("at the end of the run still running: %v", left)
			}
			p.noTemp()
		})
	}
}

// TestProgramKilled: a program that is killed outright takes its steps' own processes with it (what these had started is
// nobody's), and the run goes on by a retry.
func TestProgramKilled(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{"pipeline.yaml": chain("true", "[ -e here ] || { touch here; exec sleep 1000; }", "true")})
	c := p.start("run")
	p.appears("here")
	p.must(c.Process.Kill())
	if code := c.end(); code != 137 {
		t.Fatalf("exit code %d", code)
	}
	p.nothingLeft()
	store := p.path(".runnable")
	run := p.runs(store)[0]
	p.ends(0, []string{"runs", "show", run}, "INTERRUPTED")
	p.goesOn(store, run)
}

// TestTerminalGone: a program whose terminal is closed (SIGHUP to its whole group) ends its steps too.
func TestTerminalGone(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{"pipeline.yaml": chain("touch here; sleep 1000")})
	cmd := exec.Command(p.bin, "run")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	c := p.startAs(cmd)
	p.appears("here")
	p.must(syscall.Kill(-c.Process.Pid, syscall.SIGHUP))
	c.demand(130)
	if left, _ := filepath.Glob(filepath.Join(p.tmp, "*")); len(left) > 0 {
		t.Errorf("left in TMPDIR: %v", left)
	}
}

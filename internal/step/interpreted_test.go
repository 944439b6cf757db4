package step

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// TestInterpretedByShells returns variables from a script that names its shell, however the shell ends.
func TestInterpretedByShells(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, argument, script, want string }{
		{"at its end", "", "export x=1", `x=1`},
		{"exit", "", "export x=2\nexit 0\necho no", `x=2`},
		{"an argument", "-eu", "export x=${none:-3}\nif false; then :; fi", `x=3`},
		{"a trap of its own", "", "trap 'export x=4' EXIT\nexit 0", `x=4`},
		{"a trap in a subshell", "", "(trap 'echo within' EXIT)\nexport x=5", `x=5`},
		{"a trap of a signal", "", "trap 'export x=6' USR1\nkill -USR1 $$", `x=6`},
		{"lines", "", "export x=' a\nexport y=7\n'", `x=" a\nexport y=7\n"`},
		{"a file", "", "export x=1\necho 8 >\"$RUNNABLE_RETURNS/x\"", `x=8`},
		{"the script is $0", "", "x=$(sed -n 's/^# it is //p' \"$0\")\nexport x\n# it is 9", `x=9`},
		{"the working folder", "", "x=$(cat here)\nexport x", `x="stands"`},
	}
	for _, name := range []string{"sh", "bash", "dash", "ksh93", "mksh", "zsh", "busybox sh"} {
		program, more, _ := strings.Cut(name, " ")
		path, err := exec.LookPath(program)
		if err != nil {
			continue // sh and bash are on every machine that runs the tests
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runtimeFor(t, Options{})
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					if more != "" && c.argument != "" {
						return // the system passes one argument
					}
					job := shellJob(t, "#!"+strings.TrimSpace(path+" "+more+c.argument)+"\n"+c.script+"\n", "x")
					if err := os.WriteFile(filepath.Join(job.Dir, "here"), []byte("stands\n"), 0o600); err != nil {
						t.Fatal(err)
					}
					res, log := execute(t, r, job)
					wantSuccess(t, res, log, c.want)
				})
			}
		})
	}
}

// TestInterpreted runs scripts of other languages, and such as no interpreter can run.
func TestInterpreted(t *testing.T) {
	t.Parallel()
	bash, python := look(t, "bash"), look(t, "python3")
	write := `import os; open(os.environ["RUNNABLE_RETURNS"] + "/x", "w").write(%s)`
	r := runtimeFor(t, Options{})
	for _, c := range []struct{ name, script, want string }{
		{"python", "#!" + python + "\n" + fmt.Sprintf(write, `"[1, 2]"`), `x=[1,2]`},
		{"by env", "#!/usr/bin/env python3\n" + fmt.Sprintf(write, `str(os.path.exists("script"))`), `x="False"`},
		{"by env, with arguments", "#!/usr/bin/env -S python3 -u -W error\nimport sys\n" + fmt.Sprintf(write, `str([*sys.warnoptions])`), `x="['error']"`},
		{"by env, a shell", "#!/usr/bin/env -S A=b bash -e\nexport x=$A", `x="b"`},
		{"blank lines before", "\n  \n#!" + bash + "\nwords=(a b)\nexport x=${#words[@]}", `x=2`},
		{"a blank behind", "#! " + bash + "  \r\nexport x=1", `x=1`},
		{"no line but the first", "#!" + bash, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var returns []string
			if c.want != "" {
				returns = []string{"x"}
			}
			res, log := execute(t, r, shellJob(t, c.script, returns...))
			wantSuccess(t, res, log, c.want)
		})
	}
	for _, c := range []struct {
		name, script string
		kind         engine.FailureKind
		says         []string
	}{
		{"not here", "#!/no/such/program\n", engine.KindError, []string{"the interpreter /no/such/program", "there is no such program"}},
		{"not here by env", "#!/usr/bin/env no-such-program\n", engine.KindError, []string{"exit code 127", "no-such-program"}},
		{"not executable", "#!/etc/passwd\n", engine.KindError, []string{"/etc/passwd", "not executable"}},
		{"a variable of a language that has none", "#!/usr/bin/env python3\nx = 1\n", engine.KindData, []string{`did not set "x"`, "write it to $RUNNABLE_RETURNS/NAME", "only a shell"}},
		{"not exported", "#!" + bash + "\nx=1\n", engine.KindData, []string{`"x" is set but not exported`}},
		{"the line of an error", "#!" + bash + "\n\nnonesuch-command || exit 3\n", engine.KindError, []string{"exit code 3", "line 3: nonesuch-command"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			res, log := execute(t, r, shellJob(t, c.script, "x"))
			wantFailure(t, res, log, c.kind, c.says...)
		})
	}
}

func look(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

package step

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFolderServesTheNext: an attempt that left its folder as it was hands it on, and nothing of its own with it.
func TestFolderServesTheNext(t *testing.T) {
	t.Parallel()
	r := runtimeFor(t, Options{})
	folders := func() int {
		found, err := filepath.Glob(filepath.Join(r.tmp, "task-*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	run := func(script string, returns ...string) string {
		res, log := execute(t, r, shellJob(t, script, returns...))
		if res.Failure != nil {
			t.Fatalf("%+v\n%s", res.Failure, log)
		}
		return log
	}
	long := run("echo " + strings.Repeat("long ", 100) + "; echo $RUNNABLE_RETURNS")
	if short := run("echo $RUNNABLE_RETURNS"); !strings.HasSuffix(long, short) || strings.Contains(short, "long") {
		t.Errorf("%q, then %q", long, short)
	}
	if n := folders(); n != 1 {
		t.Errorf("%d folders after two scripts", n)
	}
	for _, leaves := range []string{
		`echo 1 >"$RUNNABLE_RETURNS/x"`, `chmod 755 "$RUNNABLE_RETURNS"`, `echo 1 >"$RUNNABLE_RETURNS/../more"`,
		`ln "$RUNNABLE_RETURNS/../script" kept`, `cd "$RUNNABLE_RETURNS/.." && rm script && mkdir script`, `cd "$RUNNABLE_RETURNS/.." && rm script && ln -s /nowhere script`,
	} {
		run(leaves)
		if n := folders(); n != 0 {
			t.Errorf("after %s its folder is kept", leaves)
		}
		run("true")
	}
	res, _ := execute(t, r, shellJob(t, "true", "x"))
	if res.Failure == nil {
		t.Error("a return of another step's")
	}
}

// TestScriptIsWrittenOver: a shorter script leaves nothing of a longer one.
func TestScriptIsWrittenOver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, text := range []string{"echo one\necho two\n", "echo three\n", "", "echo four\n"} {
		if err := writeScript(dir, text); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, scriptName)); err != nil || string(got) != text {
			t.Errorf("%q, %v; want %q", got, err, text)
		}
	}
}

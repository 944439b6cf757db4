//go:build !steps

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mainVariable makes this test's program the command.
const mainVariable = "GO_ETL_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(mainVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

// command runs the program itself, in a folder that holds the data alone.
func command(t *testing.T, dir string, args ...string) (string, int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), mainVariable+"=1")
	var log strings.Builder
	cmd.Stderr = &log
	out, _ := cmd.Output()
	t.Log(log.String())
	return string(out), cmd.ProcessState.ExitCode()
}

func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "data"), os.DirFS("data")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestRun(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	out, code := command(t, dir, "run", "--workdir", dir, "--store", filepath.Join(dir, "store"), "--format", "json")
	var sum struct {
		Status     string                     `json:"status"`
		Parameters map[string]json.RawMessage `json:"parameters"`
		Metrics    map[string]json.RawMessage `json:"metrics"`
	}
	if err := json.Unmarshal([]byte(out), &sum); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v\n%s", code, err, out)
	}
	for name, want := range map[string]string{
		"rows": "100", "mean": "919.35", "change": "1899", "verdict": `"changed"`,
		"decades":  "[1870,1880,1890,1900,1910,1920,1930,1940,1950,1960,1970]",
		"sentence": `"From 1899 on the Nile carried 850 instead of 1098."`,
	} {
		if got := strings.Join(strings.Fields(string(sum.Parameters[name])), ""); got != strings.ReplaceAll(want, " ", "") {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	report, err := os.ReadFile(filepath.Join(dir, "report.md"))
	if err != nil || !strings.Contains(string(report), "| 1910s | 832.4 | 1913 |") {
		t.Errorf("the report is %s, %v", report, err)
	}
}

// Bad data fails the step with the reason, after the retries that it has.
func TestBadData(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := os.WriteFile(filepath.Join(dir, "gap.csv"), []byte("year,flow\n1871,1120\n1873,963\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code := command(t, dir, "run", "--workdir", dir, "--store", filepath.Join(dir, "store"), "--param", "source=gap.csv")
	if code != 1 || !strings.Contains(out, "gap.csv: after 1871 comes 1873") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// A function of the same program, called with the same, is not called again.
func TestCache(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	for _, want := range []int{0, 15} {
		out, code := command(t, dir, "run", "--workdir", dir, "--store", filepath.Join(dir, "store"), "--cache")
		if got := strings.Count(out, ", cached\n"); code != 0 || got != want {
			t.Errorf("exit code %d, %d steps cached, want %d\n%s", code, got, want, out)
		}
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{"argo": "kind: Workflow", "compose": "services:"} {
		out, code := command(t, t.TempDir(), "--target", target, "--image", "example/go-etl:1")
		if code != 0 || !strings.Contains(out, want) || !strings.Contains(out, "Summarise") {
			t.Errorf("%s: exit code %d\n%s", target, code, out)
		}
	}
}

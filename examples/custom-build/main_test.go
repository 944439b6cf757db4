package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mainVariable makes this test's program the command.
const mainVariable = "CUSTOM_BUILD_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(mainVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestCustomBuild(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("rot13.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string]string{"rot13.yaml": string(text), "rot13.cyaml": "// a comment\n" + string(text)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		args  []string
		wants []string
	}{
		{[]string{"run", "rot13.yaml", "--store", "scratch://here"}, []string{"Uryyb, Avyr!", "turned 12 bytes, with a token of 21"}},
		{[]string{"run", "rot13.cyaml"}, []string{"Uryyb, Avyr!"}},
		{[]string{"rot13.yaml", "--target", "names"}, []string{"turn\n"}},
		{[]string{"plugins"}, []string{"task      rot13             of this program", "backend   names", "frontend  cyaml"}},
	} {
		cmd := exec.Command(self, tt.args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), mainVariable+"=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v: %v\n%s", tt.args, err, out)
		}
		for _, want := range tt.wants {
			if !strings.Contains(string(out), want) {
				t.Errorf("%v: %q is not in\n%s", tt.args, want, out)
			}
		}
	}
}

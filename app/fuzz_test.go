package app

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/runnable-render/runnable-render/backends/target"
)

// FuzzHeader: the command at the head of a rendered file is a comment for every reader of YAML, and it comes back, by
// our own reading and, quoted, by the real shell.
func FuzzHeader(f *testing.F) {
	for _, s := range []string{"", "a b", "it's", "$(id)", "a\nb", "\r", "x\u2028y", "\x85", "\x1b[2J", "é", "\\", "'", "#", "a: b", "\xff", "-", "\t"} {
		f.Add("p.yaml", s)
	}
	f.Fuzz(func(t *testing.T, file, value string) {
		if strings.ContainsRune(file+value, 0) || len(file)+len(value) > 16<<10 {
			return
		}
		args := []string{file, "--param", value}
		shell := "/bin/sh"
		text := string(headed(target.Rendering{Comment: "#", Files: map[string][]byte{"f": nil}}, "f", args))
		if strings.Contains(text, "$'") {
			shell = "/bin/bash" // dash does not know this quoting yet
		}
		if back, ok := headerOf([]byte(text)); !ok || !slices.Equal(back, args) {
			t.Fatalf("%q came back as %q", args, back)
		}
		var got map[string]string
		if err := yaml.Unmarshal([]byte(text+"k: v\n"), &got); err != nil || len(got) != 1 || got["k"] != "v" {
			t.Fatalf("%q: %v, %v", text, got, err)
		}
		line := strings.TrimSuffix(strings.TrimPrefix(text, "#"+headerFirst+"#"+headerPrefix), "\n")
		out, err := exec.Command(shell, "-c", "printf '%s\\000' "+line).Output()
		if err != nil || string(out) != strings.Join(args, "\x00")+"\x00" {
			t.Fatalf("the shell reads %q as %q, %v", line, out, err)
		}
	})
}

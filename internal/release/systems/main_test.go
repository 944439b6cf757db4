package main

import (
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for system, want := range map[string]string{
		"linux/arm64": "", "darwin/amd64": "", "windows/amd64": "unixonly.go:7:43: undefined: syscall.Kill",
	} {
		problems, count, err := check(system, "./testdata/unixonly")
		if err != nil || count != 1 {
			t.Fatalf("%s: %d packages, %v", system, count, err)
		}
		if got := strings.Join(problems, "\n"); !strings.HasSuffix(got, want) || (got == "") != (want == "") {
			t.Errorf("%s: %s", system, got)
		}
	}
	if _, _, err := check("windows", "."); err == nil {
		t.Error("a system without a processor is taken")
	}
}

//go:build e2e

// Package interpreters runs the tests of Python steps by each Python of the machine that can run them, and says which
// these are: of the oldest and the newest alone where FULL is not 1. (That each reads definitions alike is a test of frontends/pydef.)
package interpreters

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/runnable-render/runnable-render/internal/testvenv"
)

// tests are those of package step that are about Python; they take it from TEST_PYTHON.
const tests = "Python|Warm|Reduce"

// ended is what a test says when it has passed; a subtest is indented.
var ended = regexp.MustCompile(`(?m)^ *--- PASS: `)

func TestEveryInterpreter(t *testing.T) {
	here, err := testvenv.Interpreters()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "step.test")
	if out, err := exec.Command("go", "test", "-c", "-o", program, "../../internal/step").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	here = slices.DeleteFunc(here, func(i testvenv.Interpreter) bool { return !i.Supported() })
	if len(here) > 2 && os.Getenv("FULL") != "1" {
		here = []testvenv.Interpreter{here[0], here[len(here)-1]}
	}
	for _, py := range here {
		t.Run(py.Version, func(t *testing.T) {
			fmt.Printf("TABLE Python %s, %s: %d tests passed\n", py.Version, py.Path, run(t, program, py.Path))
		})
	}
}

// run runs the tests by one Python and counts those that passed.
func run(t *testing.T, program, python string) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "-test.run", tests, "-test.v", "-test.timeout", "10m")
	cmd.Dir = "../../internal/step"
	cmd.Env = append(os.Environ(), "TEST_PYTHON="+python, "SKIP=pydantic,notebook")
	out, err := cmd.CombinedOutput()
	passed := len(ended.FindAll(out, -1))
	if err != nil || passed == 0 {
		t.Errorf("%v\n%s", err, out)
	}
	return passed
}

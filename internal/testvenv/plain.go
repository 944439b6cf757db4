package testvenv

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// M runs the tests of a package with a Python first on PATH that has its standard library and nothing else. What is
// installed in the machine's Python then changes no test, and a start costs no script of a version manager and no start
// files of packages, which can take several times as long as Python itself.
type M struct{ *testing.M }

// Run runs the tests and returns the exit code.
func (m M) Run() int {
	if err := plainFirst(); err != nil {
		fmt.Fprintln(os.Stderr, "cannot make a virtual environment:", err)
		return 1
	}
	return m.M.Run()
}

// plainFirst puts a virtual environment without packages on PATH, of the Python that python3 stands for.
func plainFirst() error {
	version, err := exec.Command("python3", "-c", `import sys; print("%d.%d.%d" % sys.version_info[:3])`).Output()
	if err != nil {
		return err
	}
	py, err := Make("plain-" + strings.TrimSpace(string(version)))
	if err != nil {
		return err
	}
	return os.Setenv("PATH", filepath.Dir(py)+string(os.PathListSeparator)+os.Getenv("PATH"))
}

package pydef

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// interpreter chooses the Python as package step does for a step: the one that is set, that of the active virtual
// environment, that of .venv beside the definition or in the current folder, python3 on PATH.
func interpreter(set, dir string) (string, error) {
	if set != "" {
		found, err := exec.LookPath(set)
		if err != nil {
			return "", fmt.Errorf("no Python: %s: %w", set, err)
		}
		return filepath.Abs(found)
	}
	here, _ := os.Getwd()
	var tried []string
	for _, venv := range []string{os.Getenv("VIRTUAL_ENV"), filepath.Join(dir, ".venv"), filepath.Join(here, ".venv")} {
		if venv == "" {
			continue
		}
		p := filepath.Join(venv, "bin", "python")
		if st, err := os.Stat(p); err == nil && !st.IsDir() && st.Mode()&0o111 != 0 {
			return p, nil
		}
		tried = append(tried, p)
	}
	found, err := exec.LookPath("python3")
	if err != nil {
		return "", fmt.Errorf("no Python to read the definition with: tried %s; install Python 3.9 or later, or make a .venv", strings.Join(append(tried, "python3 on PATH"), ", "))
	}
	return filepath.Abs(found)
}

package python

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/internal/execpath"
)

// version is a version of Python as .python-version names it: 3.11 or 3.11.7.
type version []int

func (v version) String() string {
	parts := make([]string, len(v))
	for i, n := range v {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ".")
}

// covers says that a version is v, or one of those of which v names the first numbers.
func (v version) covers(w version) bool {
	return len(w) >= len(v) && slices.Equal(w[:len(v)], v)
}

// parseVersion reads "3.11", "3.11.7", "cpython-3.11.7-linux-x86_64-gnu" and "cpython@3.11".
func parseVersion(text string) (version, bool) {
	text = strings.TrimPrefix(text, "cpython")
	text = strings.TrimLeft(text, "-@")
	text, _, _ = strings.Cut(text, "-")
	var v version
	for _, part := range strings.Split(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, false
		}
		v = append(v, n)
	}
	return v, len(v) == 2 || len(v) == 3
}

// pinned reads the first version of a .python-version file, as pyenv and uv write it.
func pinned(file string) (version, bool) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, false
	}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return parseVersion(line)
		}
	}
	return nil, false
}

// ofVersion finds an interpreter of a version: where pyenv and uv keep theirs, the newest that fits, then on PATH by its
// name; empty when there is none.
func (f *Finder) ofVersion(ctx context.Context, c Choice, want version) string {
	for _, dir := range keptIn(c.Env) {
		if p := newestIn(dir, want); p != "" {
			return p
		}
	}
	if len(want) > 2 { // the name on PATH does not tell the third number
		return ""
	}
	found, err := execpath.Look("python"+want.String(), c.Dir, c.Env)
	if err != nil {
		return ""
	}
	at, err := f.at(ctx, c, found)
	if err != nil {
		return "" // a script that chooses among interpreters, and has none of that version
	}
	return at.Path
}

// keptIn are the folders in which pyenv and uv keep interpreters.
func keptIn(env map[string]string) []string {
	var kept []string
	home := env["HOME"]
	if root := env["PYENV_ROOT"]; root != "" {
		kept = append(kept, filepath.Join(root, "versions"))
	}
	if home != "" {
		kept = append(kept, filepath.Join(home, ".pyenv", "versions"))
	}
	if dir := env["UV_PYTHON_INSTALL_DIR"]; dir != "" {
		kept = append(kept, dir)
	}
	if data := env["XDG_DATA_HOME"]; data != "" {
		kept = append(kept, filepath.Join(data, "uv", "python"))
	} else if home != "" {
		kept = append(kept, filepath.Join(home, ".local", "share", "uv", "python"))
	}
	return kept
}

// newestIn returns the newest interpreter of a version among the folders, each named by a version, in dir.
func newestIn(dir string, want version) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	best, found := version(nil), ""
	for _, e := range entries {
		v, ok := parseVersion(e.Name())
		if !ok || !want.covers(v) || slices.Compare(v, best) <= 0 {
			continue
		}
		if p := filepath.Join(dir, e.Name(), "bin", "python3"); execpath.Executable(p) == nil {
			best, found = v, p
		}
	}
	return found
}

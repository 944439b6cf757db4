package pyenv_test

import (
	"archive/zip"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/runnable-render/runnable-render/internal/pyenv"
)

// wheel makes a package that pip installs without a network, with more text in its module.
func wheel(t *testing.T, name, version string, more ...string) (requirement string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), name+"-"+version+"-py3-none-any.whl")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	info := name + "-" + version + ".dist-info/"
	for _, part := range [][2]string{
		{name + ".py", "version = '" + version + "'\n" + strings.Join(more, "")},
		{info + "METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n"},
		{info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{info + "RECORD", name + ".py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n"},
	} {
		w, err := z.Create(part[0])
		if err == nil {
			_, err = w.Write([]byte(part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return name + " @ file://" + file
}

func want(t *testing.T, packages ...string) (pyenv.Want, *[]string) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var notes []string
	return pyenv.Want{
		Python: python, Packages: packages, Environ: map[string]string{"PATH": "/usr/bin:/bin", "PYTHONPATH": "/nowhere", pyenv.FolderVariable: t.TempDir()},
		Note: func(text string) {
			mu.Lock()
			defer mu.Unlock()
			notes = append(notes, text)
		},
	}, &notes
}

func ask(t *testing.T, python, code string) string {
	t.Helper()
	out, err := exec.Command(python, "-c", code).CombinedOutput()
	if err != nil {
		return "error: " + string(out)
	}
	return strings.TrimSpace(string(out))
}

// An environment holds what it is to hold and nothing else, and is made once, however many want it at once.
func TestEnvironmentsAreMadeOnce(t *testing.T) {
	t.Parallel()
	w, notes := want(t, wheel(t, "tiny", "1.0"))
	var group sync.WaitGroup
	found := make([]string, 4)
	for i := range found {
		group.Go(func() {
			var err error
			if found[i], err = pyenv.Python(t.Context(), w); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := ask(t, found[0], "import tiny; print(tiny.version)"); got != "1.0" {
		t.Error(got)
	}
	for _, f := range found[1:] {
		if f != found[0] {
			t.Errorf("%s and %s", f, found[0])
		}
	}
	if len(*notes) != 1 {
		t.Errorf("made %d times: %q", len(*notes), *notes)
	}

	// What an installation that was cut off left is no environment.
	if err := os.Remove(filepath.Join(filepath.Dir(found[0]), "..", "packages.json")); err != nil {
		t.Fatal(err)
	}
	w.Look = true
	if _, err := pyenv.Python(t.Context(), w); !errors.Is(err, pyenv.ErrAbsent) {
		t.Errorf("got %v", err)
	}
	w.Look = false
	if again, err := pyenv.Python(t.Context(), w); err != nil || again != found[0] || len(*notes) != 2 {
		t.Errorf("%s, %v, %q", again, err, *notes)
	}
}

// A package that lies on this machine changes without its name or version.
func TestPackagesOfThisMachine(t *testing.T) {
	t.Parallel()
	w, notes := want(t, wheel(t, "tiny", "1.0")+" ; python_version > '3'")
	for _, want := range []string{"1.0", "1.0", "edited"} {
		if want == "edited" {
			made, err := os.ReadFile(fileOf(wheel(t, "tiny", "1.0", "version = 'edited'\n")))
			if err == nil {
				err = os.WriteFile(fileOf(w.Packages[0]), made, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		program, err := pyenv.Python(t.Context(), w)
		if err != nil {
			t.Fatal(err)
		}
		if got := ask(t, program, "import tiny; print(tiny.version)"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if len(*notes) != 2 {
		t.Errorf("made %d times: %q", len(*notes), *notes)
	}
}

// fileOf is the file of a requirement.
func fileOf(requirement string) string {
	_, file, _ := strings.Cut(requirement, "file://")
	file, _, _ = strings.Cut(file, " ")
	return file
}

func TestPackagesThatCannotBeInstalled(t *testing.T) {
	t.Parallel()
	w, _ := want(t, "nosuch @ file:///nowhere/nosuch-1.0-py3-none-any.whl")
	_, err := pyenv.Python(t.Context(), w)
	if err == nil || !strings.Contains(err.Error(), "no environment with nosuch") || !strings.Contains(err.Error(), "nosuch-1.0-py3-none-any.whl") {
		t.Errorf("got %v", err)
	}
	left, _ := filepath.Glob(filepath.Join(w.Environ[pyenv.FolderVariable], "*"))
	if len(left) != 1 || !strings.HasSuffix(left[0], ".lock") {
		t.Errorf("left %q", left)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := pyenv.Python(ctx, w); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

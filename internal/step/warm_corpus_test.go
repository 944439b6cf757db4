package step

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// TestWarmCorpus runs each module twice in forks and once in an interpreter of its own.
func TestWarmCorpus(t *testing.T) {
	t.Parallel()
	if !warmable {
		t.Skip("not on this system")
	}
	archive, err := txtar.ParseFile("testdata/warm.txtar")
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string][]txtar.File{}
	for _, f := range archive.Files {
		name, file, _ := strings.Cut(f.Name, "/")
		cases[name] = append(cases[name], txtar.File{Name: file, Data: f.Data})
	}
	warm, cold := pythonRuntime(t, false), pythonRuntime(t, true)
	if res, _ := execute(t, warm, pythonJob(t, "functions.pid", nil, "pids")); strings.HasSuffix(show(res.Returns), fmt.Sprintf(",%d]", os.Getpid())) {
		t.Fatal("there is no warm parent")
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := comesTo(t, cold, cases[name])
			seen := map[string]bool{want: true}
			for range 2 {
				got := comesTo(t, warm, cases[name])
				if strings.HasPrefix(name, "random-") {
					if seen[got] {
						t.Errorf("twice the same: %s", got)
					}
					seen[got] = true
				} else if got != want {
					t.Errorf("in a fork\n%s\nin an interpreter of its own\n%s", got, want)
				}
			}
		})
	}
}

// TestWarmEnvironmentInEveryLocale: a fork has the variables of an interpreter of its own, in its order, also where Python sets
// LC_CTYPE itself: where no locale is named, as in many containers.
func TestWarmEnvironmentInEveryLocale(t *testing.T) {
	t.Parallel()
	if !warmable {
		t.Skip("not on this system")
	}
	whole := []txtar.File{{Name: "m.py", Data: []byte("import os\ndef f(): return [[k, v if k not in ('RUNNABLE_LEASH', 'PYTHONPATH') else ''] for k, v in os.environ.items()]\n")}}
	none := []string{"HOME=" + os.Getenv("HOME"), "PATH=" + os.Getenv("PATH")}
	for _, locale := range [][]string{nil, {"LANG=C"}, {"LANG=C.UTF-8"}, {"LC_CTYPE=C"}, {"LC_CTYPE=C.UTF-8"}, {"LC_ALL=C"}, {"LC_ALL=POSIX", "LC_CTYPE=C"}, {"LC_TIME=C"}} {
		t.Run(strings.Join(locale, " "), func(t *testing.T) {
			t.Parallel()
			o := Options{Environ: slices.Concat(none, locale)}
			warm := runtimeFor(t, o)
			o.Cold = true
			want := comesTo(t, runtimeFor(t, o), whole)
			for range 2 {
				if got := comesTo(t, warm, whole); got != want {
					t.Errorf("in a fork\n%s\nin an interpreter of its own\n%s", got, want)
				}
			}
		})
	}
}

var address = regexp.MustCompile(`0x[0-9a-f]+`)

// comesTo runs m.f of a case in a new folder and returns its whole outcome.
func comesTo(t *testing.T, r *Runtime, files []txtar.File) string {
	t.Helper()
	job := pythonJob(t, "m.f", nil, "r")
	for _, f := range files {
		write(t, job.Dir, f.Name, string(f.Data))
	}
	res, log := execute(t, r, job)
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", res.Status, show(res.Returns))
	if res.Status != engine.Success {
		fmt.Fprintf(&b, "%s %d %s\n", res.Failure.Kind, res.Failure.ExitCode, res.Failure.Message)
	}
	b.WriteString(log)
	leftIn(t, &b, job.Dir)
	return address.ReplaceAllString(strings.ReplaceAll(b.String(), job.Dir, "DIR"), "0x")
}

// leftIn lists what a folder holds, without bytecode.
func leftIn(t *testing.T, b *strings.Builder, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.Name() == "__pycache__":
			return fs.SkipDir
		case d.IsDir() || strings.HasSuffix(path, ".py") || strings.HasSuffix(path, ".sqlite"):
			return nil
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(b, "%s %d %q\n", d.Name(), len(data), data[:min(len(data), 200)])
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

package workfolder

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// base is a folder with one of everything, of small or of many files.
func base(t *testing.T, small bool) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "project")
	write(t, filepath.Join(filepath.Dir(dir), "beside.txt"), "beside")
	write(t, filepath.Join(dir, "data.txt"), "one\n")
	write(t, filepath.Join(dir, "lib", "deep", "x.py"), "x = 1\n")
	write(t, filepath.Join(dir, ".runnable", "runs", "r"), "facts")
	write(t, filepath.Join(dir, ".venv", "pyvenv.cfg"), "home = /usr/bin\n")
	for link, to := range map[string]string{"in": "lib/deep", "out.txt": "../beside.txt", "lib/up.txt": "../../beside.txt"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; !small && i < 2*smallFiles; i++ {
		write(t, filepath.Join(dir, "many", strconv.Itoa(i)), "many")
	}
	return dir
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// held is what a folder shows: files by path, followed through links.
func held(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if info, err := os.Stat(p); err != nil || info.IsDir() {
			return err
		}
		text, err := os.ReadFile(p)
		out[strings.TrimPrefix(p, dir+"/")] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func store(name string) bool { return name == ".runnable" }

// sources are the ways there are on this machine.
func sources(t *testing.T, use func(t *testing.T, dir string, s *Source)) {
	for name, o := range map[string]struct {
		small bool
		opts  Options
	}{"small": {true, Options{}}, "large": {false, Options{}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := base(t, o.small)
			o.opts.Leave = store
			s, err := New(dir, filepath.Join(t.TempDir(), "folders"), o.opts)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			use(t, dir, s)
		})
	}
	t.Run("copied", func(t *testing.T) {
		dir := base(t, false)
		root := filepath.Join(t.TempDir(), "folders")
		s, err := New(dir, root, Options{Leave: store})
		if err != nil {
			t.Fatal(err)
		}
		s.once.Do(func() {
			if err := os.Mkdir(root, 0o700); err != nil {
				t.Fatal(err)
			}
			if s.survey, s.err = look(s.base, store); s.err == nil {
				s.maker = newCopies(s.base, root, s.survey, s.opts)
			}
		})
		use(t, dir, s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func take(t *testing.T, s *Source) *Folder {
	t.Helper()
	f, err := s.Take()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestApart writes into a folder in all ways, and finds the base and the folders beside and after it as they were.
func TestApart(t *testing.T) {
	t.Parallel()
	sources(t, func(t *testing.T, dir string, s *Source) {
		before := held(t, dir)
		want := maps.Clone(before)
		delete(want, ".runnable/runs/r")
		delete(want, ".venv/pyvenv.cfg") // a link to the folder where it is large
		a, b := take(t, s), take(t, s)
		same := func(what string, f *Folder) {
			t.Helper()
			got := held(t, f.Dir)
			delete(got, ".venv/pyvenv.cfg")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
			if _, err := os.Stat(filepath.Join(f.Dir, ".venv", "pyvenv.cfg")); err != nil {
				t.Error(err)
			}
		}
		same("a new folder", a)
		for range 2 {
			spoil(t, a.Dir)
			same("the folder beside", b)
			if diff := cmp.Diff(before, held(t, dir)); diff != "" {
				t.Fatalf("the base (-want +got):\n%s", diff)
			}
			a.Give()
			a = take(t, s)
			same("the next folder", a)
		}
		if filepath.Base(a.Dir) != "project" {
			t.Errorf("a folder is called %s", a.Dir)
		}
	})
}

// spoil writes, appends, overwrites in place, removes, renames and changes permissions.
func spoil(t *testing.T, dir string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, "data.txt"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt([]byte("two"), 0) // as long as it was
	write(t, filepath.Join(dir, "fresh", "a.txt"), "fresh")
	a, err2 := os.OpenFile(filepath.Join(dir, "lib", "deep", "x.py"), os.O_APPEND|os.O_WRONLY, 0)
	if err2 != nil {
		t.Fatal(err2)
	}
	_, err3 := a.WriteString("y = 2\n")
	err = errors.Join(err, f.Close(), err3, a.Close(), os.Remove(filepath.Join(dir, "out.txt")), os.Chmod(filepath.Join(dir, "lib"), 0o500))
	if err == nil {
		err = os.Symlink("data.txt", filepath.Join(dir, "fresh", "link"))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestMove takes a file out of a folder before that is given back.
func TestMove(t *testing.T) {
	t.Parallel()
	sources(t, func(t *testing.T, dir string, s *Source) {
		f := take(t, s)
		write(t, filepath.Join(f.Dir, "big", "made.bin"), "made")
		to := filepath.Join(t.TempDir(), "kept")
		if err := f.Move("big/made.bin", to); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(to); err != nil || string(text) != "made" {
			t.Errorf("%q, %v", text, err)
		}
		f.Give()
		if _, err := os.Stat(filepath.Join(take(t, s).Dir, "big")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the next folder holds it: %v", err)
		}
	})
}

// TestShared names what is too much to copy.
func TestShared(t *testing.T) {
	t.Parallel()
	dir := base(t, true)
	write(t, filepath.Join(dir, "huge", "h.bin"), strings.Repeat("h", 100))
	s, err := New(dir, filepath.Join(t.TempDir(), "folders"), Options{Leave: store, Bytes: 64})
	if err != nil {
		t.Fatal(err)
	}
	f := take(t, s)
	if shared, err := s.Shared(); err != nil || len(shared) != 1 || shared[0] != "huge/h.bin" {
		t.Errorf("%q, %v", shared, err)
	}
	if to, err := os.Readlink(filepath.Join(f.Dir, "huge", "h.bin")); err != nil || to != filepath.Join(dir, "huge", "h.bin") {
		t.Errorf("%q, %v", to, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

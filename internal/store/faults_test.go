package store_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
)

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	must(t, os.WriteFile(file, nil, 0o600))
	for _, tt := range []struct{ where, want string }{
		{"", "no store is named"},
		{file, "it is a file; name a folder"},
		{filepath.Join(file, "x"), "a file is in the place of a folder"},
		{filepath.Join(dir, "no", "store"), "folder " + filepath.Join(dir, "no") + " does not exist; make it"},
		{"s4://bucket", `unknown scheme "s4"`},
		{"fil:///x", `unknown scheme "fil"; did you mean "file"?`},
		{"s3://bucket", "this program is built without S3"},
		{"gs://bucket", "built without Google Cloud Storage"},
		{"file://tmp/x", `"tmp" is in the place of a host; write file:///tmp/x`},
		{"file:///x?nosync=1", `a folder has no option "nosync"`},
		{"s3://user:hunter2@%zz", "this is not a URL"},
	} {
		_, err := store.Open(t.Context(), tt.where)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.where, err, tt.want)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a password is shown: %v", err)
		}
	}
	for _, where := range []string{dir, "file://" + dir, "file://localhost" + dir, filepath.Join(dir, "new"), "file://" + dir + "?no_tmp_dir=1&metadata=skip", "mem://"} {
		if _, err := store.Open(t.Context(), where); err != nil {
			t.Error(err)
		}
	}
	if names := ls(t, dir); len(names) != 1 {
		t.Errorf("opening wrote: %v", names)
	}
}

func TestPlainPathWithPercent(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "100%25 ?#")
	must(t, open(t, dir).CreateRun(t.Context(), header("r")))
	if _, err := os.Stat(filepath.Join(dir, "runs", "r", "run.json")); err != nil {
		t.Error(err)
	}
}

func TestCorrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	must(t, s.PutRecord(t.Context(), "r", record("a", 1)))
	name := filepath.Join(dir, "runs", "r", "steps", "a", "1.json")
	data, err := os.ReadFile(name)
	must(t, err)
	for _, broken := range [][]byte{nil, data[:len(data)/2], []byte("[]")} {
		must(t, os.WriteFile(name, broken, 0o600))
		_, err := s.Latest(t.Context(), "r", "a")
		if !store.Corrupted(err) || !strings.Contains(err.Error(), "runs/r/steps/a/1.json") || !strings.Contains(err.Error(), "remove it") {
			t.Errorf("%.10q: %v", broken, err)
		}
		if _, err := s.ListRecords(t.Context(), "r"); !store.Corrupted(err) {
			t.Errorf("%.10q: %v", broken, err)
		}
	}
	must(t, os.WriteFile(name, []byte(`{"version":99}`), 0o600))
	if _, err := s.Latest(t.Context(), "r", "a"); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("new version: %v", err)
	}
	b, err := s.PutBlob(t.Context(), []byte("hello"))
	must(t, err)
	key, err := store.BlobKey(b)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, key), []byte("hullo"), 0o600))
	if _, err := s.GetBlob(t.Context(), b); !store.Corrupted(err) {
		t.Errorf("blob: %v", err)
	}
	dst := filepath.Join(dir, "dst")
	must(t, os.WriteFile(dst, []byte("mine"), 0o600))
	if err := s.GetFile(t.Context(), b, dst); !store.Corrupted(err) {
		t.Errorf("blob: %v", err)
	}
	if mine, _ := os.ReadFile(dst); string(mine) != "mine" {
		t.Errorf("dst became %q", mine)
	}
	// One of another length is not the blob, and is put again.
	must(t, os.WriteFile(filepath.Join(dir, key), []byte("hell"), 0o600))
	_, err = s.PutBlob(t.Context(), []byte("hello"))
	must(t, err)
	if _, err := s.GetBlob(t.Context(), b); err != nil {
		t.Error(err)
	}
}

func tmpfs(t *testing.T, options string) string {
	t.Helper()
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("mounting needs root on Linux")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "none", dir).CombinedOutput(); err != nil {
		t.Skipf("cannot mount: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", dir).Run() })
	return dir
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir := tmpfs(t, "size=2m")
	s := open(t, filepath.Join(dir, "s"))
	must(t, s.CreateRun(t.Context(), header("r")))
	big := make([]byte, 4<<20)
	src := filepath.Join(t.TempDir(), "src")
	must(t, os.WriteFile(src, big, 0o600))
	_, err1 := s.PutBlob(t.Context(), big)
	_, err2 := s.PutFile(t.Context(), src)
	for _, err := range []error{err1, err2} {
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "no space left on device; free some space") || !strings.Contains(err.Error(), dir) {
			t.Errorf("full: %v", err)
		}
	}
	// Nothing half-written stays, so there is room again.
	_, err := s.PutBlob(t.Context(), big[:100<<10])
	must(t, err)
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	dir := tmpfs(t, "size=1m")
	s := open(t, filepath.Join(dir, "s"))
	must(t, s.PutRecord(t.Context(), "r", record("a", 1)))
	if out, err := exec.Command("mount", "-o", "remount,ro", dir).CombinedOutput(); err != nil {
		t.Skipf("cannot remount: %s", out)
	}
	err := s.PutRecord(t.Context(), "r", record("b", 1))
	if !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), "name a store that can be written to") {
		t.Errorf("read-only: %v", err)
	}
	if _, err := s.Claim(t.Context(), "r", "a"); !errors.Is(err, syscall.EROFS) {
		t.Errorf("read-only: %v", err)
	}
	if rec, err := s.Latest(t.Context(), "r", "a"); err != nil || rec == nil {
		t.Errorf("reading: %v", err)
	}
}

func TestNoPermission(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may do all")
	}
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o500))
	err := open(t, dir).CreateRun(t.Context(), header("r"))
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "check who owns the store") {
		t.Error(err)
	}
}

func TestParentGone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "gone")
	must(t, os.Mkdir(dir, 0o700))
	s := open(t, filepath.Join(dir, "s"))
	must(t, os.Remove(dir))
	err := s.CreateRun(t.Context(), header("r"))
	if err == nil || !strings.Contains(err.Error(), "folder "+dir+" does not exist; make it") {
		t.Error(err)
	}
}

// A writer that is killed at any moment leaves an object whole or not at all.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv("STORE_TEST_WRITER"); dir != "" {
		s := open(t, dir)
		rec := record("a", 1)
		for i := range 1000 {
			rec.Returns = append(rec.Returns, engine.Named{Name: "n", Value: engine.Int(i)})
		}
		for i := 1; ; i++ {
			rec.Attempt = i
			must(t, s.PutRecord(t.Context(), "r", rec))
		}
	}
	for range 5 {
		root := filepath.Join(t.TempDir(), "s")
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWriter$")
		cmd.Env = append(os.Environ(), "STORE_TEST_WRITER="+root)
		must(t, cmd.Start())
		s := open(t, root)
		for {
			if recs, err := s.Records(t.Context(), "r", "a"); err != nil {
				t.Fatal(err)
			} else if len(recs) > 20 {
				break
			}
		}
		must(t, cmd.Process.Kill())
		_ = cmd.Wait()
		recs, err := s.Records(t.Context(), "r", "a")
		must(t, err)
		for _, r := range recs {
			if len(r.Returns) != 1001 {
				t.Errorf("attempt %d has %d returns", r.Attempt, len(r.Returns))
			}
		}
	}
}

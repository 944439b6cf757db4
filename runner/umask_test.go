//go:build unix

package runner_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// What a plan writes into a folder of the user who started it, from the choice of the run to logs, files and objects, is
// this user's and no wider than their umask. Nobody else is given access to the folder.
func TestCallersStore(t *testing.T) {
	t.Parallel()
	p := newPlan(t, `
name: p
dag:
  steps:
    a:
      type: task
      command_type: shell
      command: 'echo said; mkdir d; echo text > d/f.txt; export y=$(umask)'
      returns: [{name: y}]
      catalog: {put: [d]}
      cache: true
`, "a")
	if dir := os.Getenv("CALLERS_PLAN"); dir != "" {
		p.dir = dir
		if run, code, records := p.up("RUNNABLE_UMASK=077", "RUN_ID=r"); code != 0 || records["a"] != 1 {
			t.Errorf("run %s: %d, %v", run, code, records)
		}
		return
	}
	uid, dir := os.Getuid(), filepath.Join(t.TempDir(), "plan")
	attr := &syscall.SysProcAttr{}
	if uid == 0 {
		uid = 4321
		attr.Credential = &syscall.Credential{Uid: 4321, Gid: 4321}
	}
	program := filepath.Join(filepath.Dir(dir), "test")
	for _, folder := range []string{dir, filepath.Join(dir, "store"), filepath.Join(dir, "runner"), filepath.Join(dir, "work"), filepath.Join(dir, "tmp")} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(folder, uid, -1); err != nil {
			t.Fatal(err)
		}
	}
	for folder := filepath.Dir(dir); folder != os.TempDir() && len(folder) > 1; folder = filepath.Dir(folder) {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "cp", os.Args[0], program).CombinedOutput(); err != nil { // the own folder is this user's alone
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run", "^TestCallersStore$")
	cmd.Dir, cmd.Env, cmd.SysProcAttr = filepath.Join(dir, "work"), append(os.Environ(), "CALLERS_PLAN="+dir, "TMPDIR="+filepath.Join(dir, "tmp")), attr
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	count := 0
	err := filepath.WalkDir(filepath.Join(dir, "store"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if count++; info.Mode().Perm()&0o077 != 0 || int(info.Sys().(*syscall.Stat_t).Uid) != uid {
			t.Errorf("%s has %v and belongs to %d", path, info.Mode(), info.Sys().(*syscall.Stat_t).Uid)
		}
		return nil
	})
	if err != nil || count < 12 {
		t.Errorf("%d files, %v", count, err)
	}
}

//go:build e2e

package compose_test

import (
	"cmp"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A run whose store is a folder of this machine leaves nothing there that its caller could not have written alone:
// containers work as the caller, by the caller's umask, whatever user their images have. It goes on here afterwards.
func (e *engine) caller(t *testing.T) {
	const caller = 4321
	if os.Getuid() != 0 {
		t.Skip("only root can become another user")
	}
	dir := definition(t, `
dag:
  steps:
    root: {type: task, image: `+e.base+`, command_type: shell, command: "echo said; mkdir d; id -u > d/a.txt", catalog: {put: [d]}, cache: true}
    user: {type: task, image: `+e.user+`, command_type: shell, command: 'cat d/a.txt; export who="$(id -u) $(umask)"', catalog: {get: [d]}, returns: [{name: who}]}
    fails: {type: task, command_type: shell, command: '[ "$RUNNABLE_STEP_ATTEMPT" -gt 1 ]'}
`)
	if err := os.Chown(dir, caller, caller); err != nil {
		t.Fatal(err)
	}
	for folder := filepath.Dir(dir); folder != os.TempDir() && len(folder) > 1; folder = filepath.Dir(folder) {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	host := engineFor(t, dir, caller)
	program := filepath.Join(dir, "compose")
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", `cp "$(command -v "$0")" "$1"`, e.compose, program).CombinedOutput(); err != nil { // it may lie in a home
		t.Fatalf("%v\n%s", err, out)
	}
	as := func(args ...string) *exec.Cmd {
		cmd := e.command(t, dir, args...)
		cmd.Args = append([]string{"sh", "-c", `umask 077; exec "$@"`, "sh", cmd.Path}, args...)
		cmd.Path = "/bin/sh"
		cmd.Env = append(cmd.Env, "HOME="+dir, "DOCKER_HOST="+host, "COMPOSE="+program)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: caller, Gid: caller}}
		return cmd
	}
	s := tell(t, as(append([]string{"run", "pipeline.yaml", "--format", "json", "--run-id", "mine"}, e.inCompose(e.base)...)...))
	if s.code != 1 || s.Status != "FAIL" || !strings.Contains(s.stderr, "user | 4321") {
		t.Fatalf("exit %d\n%s\n%s", s.code, s.stdout, s.stderr)
	}
	files := 0
	err := filepath.WalkDir(filepath.Join(dir, ".runnable"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if owner := info.Sys().(*syscall.Stat_t).Uid; info.Mode().Perm()&0o077 != 0 || owner != caller {
			t.Errorf("%s has %v and belongs to %d", path, info.Mode(), owner)
		}
		files++
		return nil
	})
	if err != nil || files < 20 {
		t.Errorf("%d files, %v", files, err)
	}
	if on := tell(t, as("retry", "mine", "--format", "json")); on.code != 0 || on.Status != "SUCCESS" || !strings.Contains(on.stdout, `"4321 0077"`) {
		t.Errorf("here: exit %d\n%s\n%s", on.code, on.stdout, on.stderr)
	}
}

// engineFor gives a user a socket of the engine, as membership of its group would, and returns its address.
func engineFor(t *testing.T, dir string, user int) string {
	t.Helper()
	engine := strings.TrimPrefix(cmp.Or(os.Getenv("DOCKER_HOST"), "unix:///var/run/docker.sock"), "unix://")
	socket := filepath.Join(dir, "engine")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	if err := os.Chown(socket, user, -1); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			go hand(from, engine)
		}
	}()
	return "unix://" + socket
}

// hand hands on what goes over a connection, both ways.
func hand(from net.Conn, socket string) {
	defer from.Close()
	to, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer to.Close()
	go func() {
		_, _ = io.Copy(to, from)
		_ = to.(*net.UnixConn).CloseWrite()
	}()
	_, _ = io.Copy(from, to)
}

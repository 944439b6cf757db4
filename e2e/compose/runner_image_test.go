//go:build e2e

package compose_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestRunnerImage builds the runner's image by its Dockerfile, with BuildKit, and by the command beside it that needs
// no engine: both hold the same files, are run the same way, and their program runs.
func TestRunnerImage(t *testing.T) {
	const byEngine, byCommand = "e2e.local/runner:by-engine", "e2e.local/runner:by-command"
	goImage(t)
	build := exec.CommandContext(t.Context(), buildKit(t), "build", "--quiet", "-f", "cmd/runner-image/Dockerfile", "-t", byEngine, ".")
	build.Dir, build.Env = "../..", append(os.Environ(), "DOCKER_BUILDKIT=1")
	output(t, build)

	archive := filepath.Join(t.TempDir(), "runner.tar")
	write := exec.CommandContext(t.Context(), "go", "run", "./cmd/runner-image", "-name", byCommand, "-o", archive)
	write.Dir = "../.."
	output(t, write)
	output(t, exec.CommandContext(t.Context(), "docker", "load", "--quiet", "-i", archive))

	if diff := gocmp.Diff(imageFiles(t, byEngine), imageFiles(t, byCommand)); diff != "" {
		t.Errorf("the files differ (-Dockerfile +command):\n%s", diff)
	}
	if diff := gocmp.Diff(imageConfig(t, byEngine), imageConfig(t, byCommand)); diff != "" {
		t.Errorf("they are run in different ways (-Dockerfile +command):\n%s", diff)
	}
	for _, image := range []string{byEngine, byCommand} {
		for _, program := range []string{"/runnable-step", "/runnable-step-full"} {
			out := output(t, exec.CommandContext(t.Context(), "docker", "run", "--rm", "--read-only", "--tmpfs", "/out:mode=1777", "--entrypoint", program, image, "install", "/out"))
			if out != "" {
				t.Errorf("%s: %s install says %q", image, program, out)
			}
		}
	}
}

// goImage makes what the Dockerfile begins with, golang:1.26, of this machine's Go and of the modules in its cache.
// Those are all that the build may need: no container reaches a network.
func goImage(t *testing.T) {
	t.Helper()
	download := exec.CommandContext(t.Context(), "go", "mod", "download")
	download.Dir = "../.."
	output(t, download)
	where := strings.Fields(output(t, exec.CommandContext(t.Context(), "go", "env", "GOROOT", "GOMODCACHE")))
	pack := exec.CommandContext(t.Context(), "tar", "-c", "-C", os.Getenv("E2E_ROOT"), ".",
		"-C", filepath.Dir(where[0]), filepath.Base(where[0]), "-C", filepath.Join(where[1], "cache"), "download")
	in, err := pack.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	load := exec.CommandContext(t.Context(), "docker", "import", "-c", "ENV PATH=/"+filepath.Base(where[0])+"/bin:/usr/bin:/bin GOPROXY=file:///download GOSUMDB=off GOTOOLCHAIN=local HOME=/root", "-", "golang:1.26")
	load.Stdin = in
	if err := pack.Start(); err != nil {
		t.Fatal(err)
	}
	output(t, load)
	if err := pack.Wait(); err != nil {
		t.Fatal(err)
	}
}

// buildKit is a docker that can build with BuildKit, which gives a Dockerfile the platforms: since version 23 it needs
// a plugin for that, and Debian's is older.
func buildKit(t *testing.T) string {
	t.Helper()
	var said []byte
	for _, program := range []string{"docker", "/usr/bin/docker"} {
		try := exec.CommandContext(t.Context(), program, "build", "--quiet", "-")
		try.Stdin, try.Env = strings.NewReader("FROM scratch\nLABEL tried=yes\n"), append(os.Environ(), "DOCKER_BUILDKIT=1")
		out, err := try.CombinedOutput()
		if err == nil {
			return program
		}
		said = append(said, out...)
	}
	t.Fatalf("no docker builds with BuildKit:\n%s", said)
	return ""
}

// output is what a command prints; the test ends where it fails.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", cmd, err, stdout.String(), stderr.String())
	}
	return stdout.String()
}

// imageFiles are the files of an image: mode, owner and digest by path. What the engine itself puts into a container
// is left out.
func imageFiles(t *testing.T, image string) map[string]string {
	t.Helper()
	id := strings.TrimSpace(output(t, exec.CommandContext(t.Context(), "docker", "create", image)))
	defer output(t, exec.Command("docker", "rm", id))
	files := map[string]string{}
	for r := tar.NewReader(strings.NewReader(output(t, exec.CommandContext(t.Context(), "docker", "export", id)))); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(h.Name, "/")
		switch first, _, _ := strings.Cut(name, "/"); first {
		case "dev", "etc", "proc", "sys", ".dockerenv":
			continue
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, r); err != nil {
			t.Fatal(err)
		}
		files[name] = h.FileInfo().Mode().String() + " " + hex.EncodeToString(sum.Sum(nil)[:8])
		if h.Uid != 0 || h.Gid != 0 {
			t.Errorf("%s: %s belongs to %d:%d", image, name, h.Uid, h.Gid)
		}
	}
}

// imageConfig is how an image is run.
func imageConfig(t *testing.T, image string) (c struct {
	User, WorkingDir     string
	Entrypoint, Cmd, Env []string
}) {
	t.Helper()
	text := output(t, exec.CommandContext(t.Context(), "docker", "inspect", "--format", "{{json .Config}}", image))
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	c.WorkingDir = strings.TrimSuffix(c.WorkingDir, "/") // none is the root
	return c
}

//go:build e2e

package argo_test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/golden"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/plugin/buckets/s3store"
)

// The credentials of the S3 server.
const s3User, s3Key = "e2e-access", "e2e-secret-key"

// checkBucket keeps the facts in an S3 server on this machine, and reads them from here.
func (c *cluster) checkBucket(t *testing.T, cases []*golden.Case, results *compare.Table) {
	c.secret(t, "e2e-s3", map[string]string{"AWS_ACCESS_KEY_ID": s3User, "AWS_SECRET_ACCESS_KEY": s3Key})
	url := "s3://facts?endpoint=http://" + startS3(t, "facts")
	running := map[string]*golden.Case{}
	for _, name := range []string{"catalog-between-steps", "map-of-maps", "failure-unhandled"} {
		one := caseOf(t, cases, name)
		running[c.submit(t, c.renderWith(t, one, "store_secret: e2e-s3", "--store", url))] = one
	}
	for run, one := range running {
		w := c.wait(t, run)
		st, err := store.Open(t.Context(), url, s3store.Opener())
		c.verdict(t, "bucket: "+one.Name, one, w, closed(t, st, err), results)
		c.checkShow(t, one, run, url)
	}
}

// checkShow asks for the run as its user does, on a machine that has nothing of it but the store's address.
func (c *cluster) checkShow(t *testing.T, one *golden.Case, run, url string) {
	t.Helper()
	show := exec.CommandContext(t.Context(), filepath.Join(c.bin, "runnable-render"), "runs", "show", run, "--store", url)
	show.Dir = t.TempDir()
	out, err := show.CombinedOutput()
	if err != nil || !strings.HasPrefix(strings.TrimSpace(string(out)), string(one.Expect.Status)+" ") || !strings.Contains(string(out), run) {
		t.Errorf("runs show: %v\n%s", err, out)
	}
	for path := range one.Expect.Steps {
		if name := path[strings.LastIndex(path, ".")+1:]; !strings.Contains(string(out), " "+name+" ") {
			t.Errorf("runs show does not name %s:\n%s", name, out)
		}
	}
}

// startS3 starts an S3 server with one bucket, and returns its address.
func startS3(t *testing.T, bucket string) string {
	t.Helper()
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, bucket), 0o755); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", os.Getenv("E2E_HOST")+":0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	cmd := exec.Command(os.Getenv("E2E_S3"), "--access", s3User, "--secret", s3Key, "--port", addr, "posix", "--sidecar", t.TempDir(), data)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for started := time.Now(); time.Since(started) < time.Minute; time.Sleep(100 * time.Millisecond) {
		if conn, err := net.Dial("tcp", addr); err == nil {
			_ = conn.Close()
			return addr
		}
	}
	t.Fatalf("the S3 server does not answer\n%s", log.String())
	return ""
}

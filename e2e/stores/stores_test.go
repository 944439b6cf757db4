//go:build e2e

// Package stores tests the store against real servers in processes of their own; ./run gets and starts them.
package stores

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/store"
	"github.com/runnable-render/runnable-render/plugin/buckets/azurestore"
	"github.com/runnable-render/runnable-render/plugin/buckets/gcsstore"
	"github.com/runnable-render/runnable-render/plugin/buckets/s3store"
)

// servers is the folder with the programs of the servers.
func servers(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("SERVERS")
	if dir == "" {
		t.Fatal("SERVERS names no folder: start this with e2e/stores/run")
	}
	return dir
}

// server is a process that listens.
type server struct {
	t    *testing.T
	addr string
	argv []string
	env  []string
	cmd  *exec.Cmd
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.Command(s.argv[0], s.argv[1:]...)
	s.cmd.Env = append(os.Environ(), s.env...)
	var said bytes.Buffer
	s.cmd.Stdout, s.cmd.Stderr = &said, &said
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", s.addr); err == nil {
			_ = c.Close()
			return
		}
	}
	s.stop()
	s.t.Fatalf("%s does not listen on %s:\n%s", s.argv[0], s.addr, said.String())
}

func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

const key, secret = "testkey", "testsecret"

// s3 starts an S3 server with a bucket.
func s3(t *testing.T) *server {
	t.Helper()
	return s3In(t, t.TempDir())
}

// s3In starts one that keeps its objects in a folder.
func s3In(t *testing.T, data string) *server {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", key)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
	t.Setenv("AWS_REGION", "us-east-1")
	if err := os.MkdirAll(filepath.Join(data, "bucket"), 0o755); err != nil {
		t.Fatal(err)
	}
	addr := freeAddr(t)
	s := &server{t: t, addr: addr, argv: []string{filepath.Join(servers(t), "versitygw"), "--access", key, "--secret", secret, "--port", addr, "posix", "--sidecar", t.TempDir(), data}}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func s3URL(addr, prefix string) string {
	return fmt.Sprintf("s3://bucket/%s?endpoint=http://%s", prefix, addr)
}

func openS3(t *testing.T, addr, prefix string) *store.Store {
	t.Helper()
	return open(t, s3URL(addr, prefix))
}

// open opens a store of any kind.
func open(t *testing.T, where string) *store.Store {
	t.Helper()
	st, err := store.Open(context.Background(), where, s3store.Opener(), gcsstore.Opener(), azurestore.Opener())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// suite runs the store's own tests in a bucket.
func suite(t *testing.T, where string, env ...string) {
	t.Helper()
	cmd := exec.Command("go", "test", "-tags", "buckets", "-count", "1", "./internal/store")
	cmd.Dir = filepath.Join("..", "..")
	cmd.Env = append(append(os.Environ(), "STORE_TEST_URL="+where), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestS3Suite(t *testing.T) {
	s := s3(t)
	suite(t, s3URL(s.addr, "suite"))
	there(t, "S3", s3URL(s.addr, "file"))
}

func TestAzureSuite(t *testing.T) {
	addr, env := azure(t)
	suite(t, azureURL(addr, "suite"), env...)
	there(t, "Azure", azureURL(addr, "file"))
}

func azureURL(addr, prefix string) string {
	return fmt.Sprintf("azblob://bucket/%s?protocol=http&domain=%s&localemu=true", prefix, addr)
}

// azure starts Azure's emulator with a bucket; env is what a client needs, and what this process has from now on.
func azure(t *testing.T) (addr string, env []string) {
	t.Helper()
	addr = freeAddr(t)
	host, port, _ := net.SplitHostPort(addr)
	s := &server{t: t, addr: addr, argv: []string{
		filepath.Join(servers(t), "azurite/node_modules/.bin/azurite-blob"), "--blobHost", host, "--blobPort", port, "--location", t.TempDir(),
		"--silent", "--skipApiVersionCheck",
	}}
	s.start()
	t.Cleanup(s.stop)
	// The account and key that every Azurite has, published by its makers.
	const account = "devstoreaccount1"
	const published = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
	env = []string{"AZURE_STORAGE_ACCOUNT=" + account, "AZURE_STORAGE_KEY=" + published}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		t.Setenv(name, value)
	}
	makeContainer(t, addr, account, published)
	return addr, env
}

// STORAGE_EMULATOR_HOST is what Google's own client knows of an emulator.
func TestGCSSuite(t *testing.T) {
	gcs(t)
	suite(t, "gs://bucket/suite")
	there(t, "GCS", "gs://bucket/file")
}

// gcs starts the emulator with a bucket and returns its address, by which this process knows it from now on.
func gcs(t *testing.T) string {
	t.Helper()
	addr := freeAddr(t)
	host, port, _ := net.SplitHostPort(addr)
	s := &server{t: t, addr: addr, argv: []string{
		filepath.Join(servers(t), "fake-gcs-server"), "-scheme", "http", "-host", host, "-port", port, "-public-host", addr,
		"-external-url", "http://" + addr, "-backend", "filesystem", "-filesystem-root", t.TempDir(), "-log-level", "error",
	}}
	s.start()
	t.Cleanup(s.stop)
	t.Setenv("STORAGE_EMULATOR_HOST", addr)
	answer, err := http.Post("http://"+addr+"/storage/v1/b?project=test", "application/json", strings.NewReader(`{"name":"bucket"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the bucket is not made: %s", answer.Status)
	}
	return addr
}

// there puts a file into a bucket and gets it back.
func there(t *testing.T, name, where string) {
	t.Helper()
	st, file := open(t, where), writeFile(t, 24<<20)
	b, err := st.PutFile(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	same(t, st, b, file)
	t.Logf("TABLE | %s | the store's suite; put and get 24 MiB | none | %s |", name, outcome(err))
}

// writeFile makes a file of random bytes.
func writeFile(t *testing.T, size int) string {
	t.Helper()
	data := make([]byte, size)
	_, _ = rand.Read(data)
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// same fails unless the blob's content is that of the file.
func same(t *testing.T, st *store.Store, b engine.Blob, file string) {
	t.Helper()
	got := filepath.Join(t.TempDir(), "got")
	if err := st.GetFile(context.Background(), b, got); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if have, err := os.ReadFile(got); err != nil || !bytes.Equal(have, want) {
		t.Errorf("other bytes, %v", err)
	}
}

func TestS3UnderFaults(t *testing.T) {
	s := s3(t)
	file := writeFile(t, 24<<20)
	ctx := context.Background()
	for _, c := range []struct {
		name  string
		fault func(p *proxy)
		want  string // text of the error; empty: the put succeeds
		mild  bool   // the fault goes away by itself
	}{
		{"cut in the middle of a put, once", func(p *proxy) { p.cutUp(8<<20, 1) }, "", true},
		{"cut in the middle of every put", func(p *proxy) { p.cutUp(1<<20, 1000) }, "cannot write blobs/", false},
		{"500 once", func(p *proxy) { p.answer(500, 1) }, "", true},
		{"503 always", func(p *proxy) { p.answer(503, 1000) }, "", false},
		{"403", func(p *proxy) { p.answer(403, 1000) }, "check who owns the store and its permissions or credentials", false},
		{"404 of the bucket", func(p *proxy) { p.noBucket(1000) }, "make it, or check its name", false},
		{"slow", func(p *proxy) { p.slow(16 << 20) }, "", true},
		{"gone", func(p *proxy) { p.refuse() }, "check the endpoint and the network", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProxy(t, s.addr)
			prefix := strings.ReplaceAll(c.name, " ", "-")
			st, plain := openS3(t, p.addr(), prefix), openS3(t, s.addr, prefix)
			c.fault(p)
			b, err := st.PutFile(ctx, file)
			t.Logf("TABLE | S3 | put 24 MiB | %s | %s |", c.name, outcome(err))
			if c.mild {
				if err != nil {
					t.Fatal(err)
				}
				same(t, plain, b, file)
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			// Nothing half-written can be read.
			if err := plain.GetFile(ctx, b, filepath.Join(t.TempDir(), "got")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A body that ends too early is read again; one that always does is never taken for the file.
func TestS3TruncatedBody(t *testing.T) {
	s := s3(t)
	ctx := context.Background()
	file := writeFile(t, 4<<20)
	b, err := openS3(t, s.addr, "x").PutFile(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		times int
	}{{"once", 1}, {"always", 1000}} {
		t.Run(c.name, func(t *testing.T) {
			p := newProxy(t, s.addr)
			st := openS3(t, p.addr(), "x")
			p.cutDown(1<<20, c.times)
			dst := filepath.Join(t.TempDir(), "got")
			err := st.GetFile(ctx, b, dst)
			t.Logf("TABLE | S3 | get 4 MiB | truncated body, %s | %s |", c.name, outcome(err))
			if c.times == 1 {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil {
				t.Error("it was taken for the file")
			}
			if _, err := os.Stat(dst); !errors.Is(err, fs.ErrNotExist) {
				t.Error("something is where the file should be")
			}
		})
	}
}

// The server is killed in the middle of a put and started again.
func TestS3Restarted(t *testing.T) {
	s := s3(t)
	ctx := context.Background()
	file := writeFile(t, 24<<20)
	p := newProxy(t, s.addr)
	st := openS3(t, p.addr(), "x")
	p.slow(12 << 20)
	p.after(6<<20, func() {
		s.stop()
		go func() {
			time.Sleep(time.Second)
			s.start()
		}()
	})
	b, err := st.PutFile(ctx, file)
	t.Logf("TABLE | S3 | put 24 MiB | server killed in the middle and restarted after 1 s | %s |", outcome(err))
	if err != nil {
		t.Fatal(err)
	}
	same(t, openS3(t, s.addr, "x"), b, file)
}

func outcome(err error) string {
	if err == nil {
		return "stored, verified"
	}
	return err.Error()
}

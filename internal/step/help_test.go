package step

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// memory is a store for tests of what lies above it; run_test.go uses the real one.
type memory struct {
	mu sync.Mutex
	m  map[string][]byte
}

func (s *memory) Blobs(context.Context) engine.Blobs { return s }

func (s *memory) Get(b engine.Blob) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, ok := s.m[b.Hash]; ok {
		return d, nil
	}
	return nil, errors.New("no such blob")
}

func (s *memory) Put(data []byte) (engine.Blob, error) {
	sum := sha256.Sum256(data)
	b := engine.Blob{Hash: hex.EncodeToString(sum[:]), Size: int64(len(data))}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.m == nil {
		s.m = map[string][]byte{}
	}
	s.m[b.Hash] = bytes.Clone(data)
	return b, nil
}

func (s *memory) PutFile(_ context.Context, path string) (engine.Blob, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return engine.Blob{}, err
	}
	return s.Put(data)
}

func (s *memory) GetFile(_ context.Context, b engine.Blob, dst string) error {
	data, err := s.Get(b)
	if err != nil {
		return err
	}
	return os.WriteFile(dst, data, 0o644)
}

func runtimeFor(t testing.TB, o Options) *Runtime {
	t.Helper()
	r := New(o)
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return r
}

// returning makes `returns` entries from "name", "name:kind" or "name:kind:key".
func returning(specs ...string) []ir.Return {
	var out []ir.Return
	for _, s := range specs {
		f := append(strings.Split(s, ":"), "", "")
		r := ir.Return{Name: f[0], Kind: ir.ValueKind(f[1]), Key: f[2]}
		if r.Kind == "" {
			r.Kind = ir.JSON
		}
		out = append(out, r)
	}
	return out
}

func param(name, json string) engine.Named {
	v, err := engine.NewJSON([]byte(json))
	if err != nil {
		panic(err)
	}
	return engine.Named{Name: name, Value: v}
}

// params makes parameters from "name", "json", … pairs.
func params(pairs ...string) []engine.Named {
	out := []engine.Named{}
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, param(pairs[i], pairs[i+1]))
	}
	return out
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func shellJob(t testing.TB, script string, returns ...string) Job {
	t.Helper()
	return Job{
		Run: "r", Path: "s", Attempt: 1, Dir: t.TempDir(), Params: []engine.Named{}, Blobs: &memory{},
		Node: &ir.Task{Command: &ir.Shell{Script: script}, Returns: returning(returns...)},
	}
}

// execute runs a job and returns the result and the log.
func execute(t testing.TB, r *Runtime, job Job) (Result, string) {
	t.Helper()
	return executeIn(t, context.Background(), r, job)
}

func executeIn(t testing.TB, ctx context.Context, r *Runtime, job Job) (Result, string) {
	t.Helper()
	var log logBuffer
	job.Log = &log
	res := r.Execute(ctx, job)
	return res, log.String()
}

// show writes values as "name=json", objects as "name=object".
func show(values []engine.Named) string {
	var parts []string
	for _, v := range values {
		text := string(v.Value.JSON)
		if v.Value.IsObject() {
			text = "object"
		}
		parts = append(parts, v.Name+"="+text)
	}
	return strings.Join(parts, " ")
}

func wantSuccess(t testing.TB, res Result, log, returns string) {
	t.Helper()
	if res.Status != engine.Success {
		t.Fatalf("status %s, failure %+v, log:\n%s", res.Status, res.Failure, log)
	}
	if got := show(res.Returns); got != returns {
		t.Errorf("returned %s, want %s; log:\n%s", got, returns, log)
	}
}

func wantFailure(t testing.TB, res Result, log string, kind engine.FailureKind, parts ...string) {
	t.Helper()
	if res.Status != engine.Failed || res.Failure == nil {
		t.Fatalf("status %s, want a failure; returned %s; log:\n%s", res.Status, show(res.Returns), log)
	}
	if res.Failure.Kind != kind {
		t.Errorf("kind %s, want %s: %s", res.Failure.Kind, kind, res.Failure.Message)
	}
	for _, p := range parts {
		if !strings.Contains(res.Failure.Message, p) {
			t.Errorf("message %q does not say %q", res.Failure.Message, p)
		}
	}
	if len(res.Returns) > 0 {
		t.Errorf("a failed attempt returned %s", show(res.Returns))
	}
}

func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	p := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}

func read(t testing.TB, p string) string {
	t.Helper()
	data, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var _ io.Writer = (*logBuffer)(nil)

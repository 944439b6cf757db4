package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// The folder and fileblob read what the other wrote.
func TestFolderHasTheLayoutOfFileblob(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	b, err := fileblob.OpenBucket(root, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	one := &Store{url: root, bucket: &folder{root: root}, width: 4}
	two := &Store{url: root, bucket: &cloud{b}, width: 4}
	for i, s := range []*Store{one, two} {
		if err := s.PutRecord(t.Context(), "Run", engine.Record{Path: "A b.c", Attempt: i + 1}); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []*Store{one, two} {
		recs, err := s.Records(t.Context(), "Run", "A b.c")
		if err != nil || len(recs) != 2 {
			t.Errorf("%d records, %v", len(recs), err)
		}
	}
}

func TestNothingLeftBehind(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "s")
	s := &Store{url: root, bucket: &folder{root: root}, width: 4}
	ctx, cancel := context.WithCancel(t.Context())
	for range 2 {
		if err := s.PutExit(ctx, "r", "a", &engine.Exit{Before: time.Now().String()}); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if err := s.PutExit(ctx, "r", "b", &engine.Exit{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	_ = filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, tempExt) {
			t.Errorf("left behind: %s", p)
		}
		return err
	})
}

func TestWithoutHardLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	if !noLinks(syscall.EOPNOTSUPP) || !noLinks(syscall.EPERM) || noLinks(syscall.EACCES) || noLinks(syscall.EEXIST) {
		t.Error("noLinks")
	}
	for _, want := range []error{nil, os.ErrExist} {
		if err := os.WriteFile(from, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := linkNew(from, to); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
}

func TestOwner(t *testing.T) {
	t.Parallel()
	s := &Store{url: "x", bucket: &folder{root: t.TempDir()}, width: 4}
	ctx := t.Context()
	if err := s.Own(ctx, "r"); err != nil {
		t.Fatal(err)
	}
	if err := s.Own(ctx, "r"); err != nil { // again by the same
		t.Fatal(err)
	}
	me := self()
	for _, tt := range []struct {
		name  string
		owner Owner
		alive bool
	}{
		{"this process", me, true},
		{"another machine", Owner{Host: me.Host + "x", PID: 1}, true},
		{"number reused", Owner{Host: me.Host, PID: me.PID, Started: me.Started + "1", Boot: me.Boot, Space: me.Space}, false},
		{"no such process", Owner{Host: me.Host, PID: 1 << 30, Started: "1", Boot: me.Boot, Space: me.Space}, false},
		{"before the last start", Owner{Host: me.Host, PID: me.PID, Started: me.Started, Boot: "x", Space: me.Space}, false},
		{"another container", Owner{Host: me.Host, PID: 1 << 30, Started: "1", Boot: me.Boot, Space: "pid:[1]"}, true},
	} {
		if err := s.writeJSON(ctx, ownerKey("r"), tt.owner); err != nil {
			t.Fatal(err)
		}
		want := engine.Interrupted
		if tt.alive {
			want = engine.Running
		}
		if got, err := s.Status(ctx, "r"); err != nil || got != want {
			t.Errorf("%s: %s, %v", tt.name, got, err)
		}
	}
	init := Owner{Host: me.Host, PID: 1, Started: processStart(1), Boot: me.Boot, Space: me.Space}
	if err := s.writeJSON(ctx, ownerKey("r"), init); err != nil {
		t.Fatal(err)
	}
	if err := s.Own(ctx, "r"); !errors.Is(err, ErrOwned) {
		t.Errorf("owned by a living process: %v", err)
	}
}

func TestStartWithoutContent(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	s := &Store{url: root, bucket: &folder{root: root}, width: 4}
	name := filepath.Join(root, filepath.FromSlash(startKey("r", "m.0.A b", 1)))
	_ = os.MkdirAll(filepath.Dir(name), 0o777)
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	starts, err := s.ListStarts(t.Context(), "r")
	if err != nil || len(starts) != 1 || starts[0].Path != "m.0.A b" || starts[0].Attempt != 1 {
		t.Errorf("%+v, %v", starts, err)
	}
	if n, err := s.Claim(t.Context(), "r", "m.0.A b"); err != nil || n != 2 {
		t.Errorf("attempt %d, %v", n, err)
	}
}

func benchRecord() engine.Record {
	rec := engine.Record{Version: 1, Path: "train", Kind: "python", Status: engine.Success, Started: time.Now(), Ended: time.Now(), Before: strings.Repeat("a", 64)}
	for i := range 10 {
		rec.Returns = append(rec.Returns, engine.Named{Name: fmt.Sprint("value", i), Value: engine.Value{JSON: json.RawMessage(`{"accuracy":0.973,"model":"forest"}`)}})
		rec.After.Entries = append(rec.After.Entries, engine.Entry{Key: engine.ParamKey(fmt.Sprint("value", i)), Value: rec.Returns[i].Value, By: "train#1"})
	}
	return rec
}

// BenchmarkRecord compares the write of a record through the folder, through fileblob, and the least that a
// temporary file and a rename can cost. Each writes into a folder of its own, as records do.
func BenchmarkRecord(b *testing.B) {
	rec := benchRecord()
	data, err := encode(rec)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("store", func(b *testing.B) {
		s := &Store{bucket: &folder{root: b.TempDir()}}
		for i := 0; b.Loop(); i++ {
			rec.Path, rec.Attempt = "step"+strconv.Itoa(i), 1
			if err := s.PutRecord(b.Context(), "r", rec); err != nil {
				b.Fatal(err)
			}
		}
	})
	run := func(name string, write func(root, key string) error) {
		b.Run(name, func(b *testing.B) {
			root := b.TempDir()
			for i := 0; b.Loop(); i++ {
				if err := write(root, recordKey("r", "step"+strconv.Itoa(i), 1)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("folder.create", func(root, key string) error { return (&folder{root: root}).create(b.Context(), key, data) })
	run("folder.write", func(root, key string) error { return (&folder{root: root}).write(b.Context(), key, data) })
	var bucket *blob.Bucket
	var opened string
	run("fileblob", func(root, key string) error {
		if opened != root {
			opened = root
			if bucket, err = fileblob.OpenBucket(root, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite}); err != nil {
				return err
			}
		}
		return (&cloud{bucket}).write(b.Context(), key, data)
	})
	run("plain", func(root, key string) error {
		name := filepath.Join(root, key)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(name+".tmp", data, 0o666); err != nil {
			return err
		}
		return os.Rename(name+".tmp", name)
	})
}

// A bucket's object that is larger than any of its kind may be is refused before it fills the memory.
func TestBucketsAreReadWithinBounds(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	defer b.Close()
	c := &cloud{b}
	if err := c.write(t.Context(), "runs/a/run.json", []byte("0123456789")); err != nil {
		t.Fatal(err)
	}
	if data, err := c.read(t.Context(), "runs/a/run.json", 10); err != nil || string(data) != "0123456789" {
		t.Errorf("%q, %v", data, err)
	}
	if data, err := c.read(t.Context(), "runs/a/run.json", 9); !Corrupted(err) || data != nil {
		t.Errorf("%q, %v", data, err)
	}
}

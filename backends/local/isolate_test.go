package local_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/backends/local"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/step"
	"github.com/runnable-render/runnable-render/ir"
	"github.com/runnable-render/runnable-render/ir/irjson"
)

func writeAll(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// listed is a step that returns the files of its folder.
func listed(name string) *ir.Task {
	return shell(name, `export files="$(find . -type f | sort | tr '\n' ' ')"`, "files")
}

func isolated(t *testing.T, b *bench, p *ir.Pipeline) *engine.Outcome {
	t.Helper()
	ctx := context.Background()
	i, err := local.Isolate(ctx, b.dir, "pipeline.yaml", p)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	rt := step.New(step.Options{Definition: b.dir, Cold: true})
	defer rt.Close()
	text, err := irjson.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.store.CreateRun(ctx, engine.Header{Run: "i", Pipeline: p.Name, Definition: text}); err != nil {
		t.Fatal(err)
	}
	out, _, err := local.Run(ctx, p, local.Options{
		Run: "i", Facts: b.store,
		Runner: &local.Steps{Runtime: rt, Store: b.store, Pipeline: p, Dir: b.dir, Target: "local", Folder: i.Folder},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestIsolatedStepSeesTheImageAndItsFilesAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	writeAll(t, b.dir, map[string]string{
		"steps.py": "", "data/in.csv": "in", ".git/config": "", ".venv/x": "", "made.txt": "left over", "secret.env": "", "notes/a.md": "", "notes/keep.md": "",
		".dockerignore": "# comment\n*.env\nnotes\n!notes/keep.md\n",
	})
	make := shell("make", "echo new > made.txt; echo stray > stray.txt; echo changed > data/in.csv")
	make.Catalog = &ir.Catalog{Put: []ir.Ref{{Name: "made.txt"}}}
	get := listed("get")
	get.Catalog = &ir.Catalog{Get: []ir.Ref{{Name: "made.txt"}}}
	get.Command = &ir.Shell{Script: get.Command.Text() + "\nexport text=\"$(cat made.txt data/in.csv)\""}
	get.Returns = append(get.Returns, ir.Return{Name: "text"})
	out := isolated(t, b, pipeline(t, make, get))
	if out.Status != engine.Success {
		t.Fatalf("%+v", out.Failure)
	}
	want := map[string]string{
		"files": `"./.dockerignore ./data/in.csv ./made.txt ./notes/keep.md ./steps.py "`,
		"text":  `"new\nin"`,
	}
	if diff := cmp.Diff(want, values(out.After)); diff != "" {
		t.Error(diff)
	}
	if text, _ := os.ReadFile(filepath.Join(b.dir, "made.txt")); string(text) != "left over" {
		t.Errorf("the user's own file was written: %q", text)
	}
}

func TestIsolatedStepMissesWhatNoCatalogBrings(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	writeAll(t, b.dir, map[string]string{"made.txt": "left over"})
	make := shell("make", "echo new > made.txt")
	make.Catalog = &ir.Catalog{Put: []ir.Ref{{Name: "*.txt"}}}
	out := isolated(t, b, pipeline(t, make, shell("use", "cat made.txt")))
	if out.Status != engine.Failed || out.Failure.Step != "use" {
		t.Errorf("got %+v", out)
	}
}

// What git tracks is part of the image, also where a step puts a new version of it.
func TestIsolationKeepsWhatGitTracks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	writeAll(t, b.dir, map[string]string{"model.txt": "tracked", "other.txt": "left over"})
	for _, args := range [][]string{{"init", "-q"}, {"add", "model.txt"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = b.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	make := listed("make")
	make.Command = &ir.Shell{Script: make.Command.Text() + "\ntouch new.txt"}
	make.Catalog = &ir.Catalog{Put: []ir.Ref{{Name: "**"}}}
	out := isolated(t, b, pipeline(t, make))
	if got := values(out.After)["files"]; strings.TrimSpace(got) != `"./model.txt "` {
		t.Errorf("got %s, %+v", got, out.Failure)
	}
}

// TestIsolateWhileFilesGo: what another process removes meanwhile is not there, and no failure.
func TestIsolateWhileFilesGo(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx, stop := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for ctx.Err() == nil {
			if dir, err := os.MkdirTemp(b.dir, ""); err == nil {
				_ = os.WriteFile(filepath.Join(dir, "file"), nil, 0o600)
				_ = os.Symlink("file", filepath.Join(dir, "link"))
				_ = os.RemoveAll(dir)
			}
		}
	}()
	p := pipeline(t, shell("a", "true"))
	for range 100 {
		i, err := local.Isolate(ctx, b.dir, "pipeline.yaml", p)
		if err != nil {
			t.Error(err)
			break
		}
		i.Close()
	}
	stop()
	<-gone
	if i, err := local.Isolate(t.Context(), filepath.Join(b.dir, "none"), "pipeline.yaml", p); err == nil {
		i.Close()
		t.Error("a folder that is not there is copied")
	}
}

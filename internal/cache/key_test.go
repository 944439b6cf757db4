package cache_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/runnable-render/runnable-render/internal/cache"
	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/ir"
)

// base is a step; change makes another one of it.
func base(change func(*cache.Step)) cache.Step {
	s := cache.Step{
		Task: &ir.Task{
			Common:  ir.Common{Name: "a", Image: "x:1"},
			Command: &ir.Python{Function: "m.f"}, Returns: []ir.Return{{Name: "r"}}, Secrets: []ir.Ref{{Name: "TOKEN"}}, Cache: true,
		},
		Env:     []ir.EnvVar{{Name: "MODE", Value: "fast"}},
		Image:   "x:1",
		Params:  []engine.Named{{Name: "n", Value: engine.Int(1)}, {Name: "other", Value: engine.Int(5)}},
		Files:   []engine.File{{Path: "data.csv", Hash: strings.Repeat("a", 64)}},
		Sources: &cache.Sources{Files: map[string]string{"m.py": strings.Repeat("b", 64)}, Takes: []string{"n", "optional"}, Python: "3.12.1", Packages: "numpy-2"},
	}
	if change != nil {
		change(&s)
	}
	return s
}

func TestKeyChangesWithWhatCountsAndNothingElse(t *testing.T) {
	t.Parallel()
	was := cache.KeyOf(base(nil))
	for _, c := range []struct {
		name   string
		change func(*cache.Step)
		want   string // the change as it is told; empty: the key stays
	}{
		{"nothing", func(*cache.Step) {}, ""},
		{"its name", func(s *cache.Step) { s.Task.Name = "b" }, ""},
		{"where it goes on", func(s *cache.Step) { s.Task.Next, s.Task.OnFailure = ir.Ref{Name: "z"}, ir.Ref{Name: "h"} }, ""},
		{"that it is cached", func(s *cache.Step) { s.Task.Cache = false }, ""},
		{"retries and time", func(s *cache.Step) { s.Task.Retry.Limit, s.Task.Timeout = 3, time.Minute }, ""},
		{"resources", func(s *cache.Step) { s.Task.Resources.CPU = "4" }, ""},
		{"a parameter that it does not take", func(s *cache.Step) { s.Params[1].Value = engine.Int(6) }, ""},
		{"the order of parameters", func(s *cache.Step) { s.Params[0], s.Params[1] = s.Params[1], s.Params[0] }, ""},

		{"a value", func(s *cache.Step) { s.Params[0].Value = engine.Int(2) }, "input n changed"},
		{"the kind of a value", func(s *cache.Step) { s.Params[0].Value.Kind = ir.Text }, "input n changed"},
		{"an optional argument that is visible now", func(s *cache.Step) {
			s.Params = append(s.Params, engine.Named{Name: "optional", Value: engine.Int(1)})
		}, "input optional is new"},
		{"an argument that is gone", func(s *cache.Step) { s.Params = s.Params[1:] }, "input n is gone"},
		{"any value, of code that may look at all", func(s *cache.Step) { s.Sources.TakesAll = true }, "input other is new"},
		{"a bound argument", func(s *cache.Step) { s.Task.Inputs = []ir.Input{{Arg: "n", From: []string{"other"}}} }, "definition changed"},
		{"the code", func(s *cache.Step) { s.Sources.Files["m.py"] = strings.Repeat("c", 64) }, "source m.py changed"},
		{"a module more", func(s *cache.Step) { s.Sources.Files["n.py"] = strings.Repeat("c", 64) }, "source n.py is new"},
		{"a package", func(s *cache.Step) { s.Sources.Packages = "numpy-3" }, "python 3.12.1 changed"},
		{"a file", func(s *cache.Step) { s.Files[0].Hash = strings.Repeat("c", 64) }, "file data.csv changed"},
		{"the image", func(s *cache.Step) { s.Image = "x:2" }, "image x:2 changed"},
		{"the environment", func(s *cache.Step) { s.Env[0].Value = "slow" }, "definition changed"},
		{"the names that it returns", func(s *cache.Step) { s.Task.Returns[0].Name = "q" }, "definition changed"},
		{"the failure that it handles", func(s *cache.Step) { s.Failed = &engine.Failure{Step: "x"} }, "failure x is new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			now := cache.KeyOf(base(c.change))
			if (now.Hash == was.Hash) != (c.want == "") {
				t.Errorf("key stays: %v", now.Hash == was.Hash)
			}
			var told []string
			for _, ch := range cache.Changes(was.Parts, now.Parts) {
				told = append(told, ch.String())
			}
			if text := strings.Join(told, "; "); !strings.HasPrefix(text, c.want) || c.want == "" && text != "" {
				t.Errorf("told %q, want %q", text, c.want)
			}
		})
	}
}

// The key is part of the store's format: another definition of it needs another version.
func TestKeyStaysTheSame(t *testing.T) {
	t.Parallel()
	const want = "14822746946833e74d31fb40e7b886f6c44ba469934e4c33d08bca7a7a218a42"
	if diff := cmp.Diff(want, cache.KeyOf(base(nil)).Hash); diff != "" {
		t.Error(diff)
	}
}

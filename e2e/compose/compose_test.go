//go:build e2e

// Package compose_test runs cases on a real Docker engine: each is rendered by the real command, started by a real
// docker-compose, and its facts read from the volume that its containers wrote. It takes an engine as it is:
//
//	DOCKER_HOST     the engine; docker on PATH
//	COMPOSE         docker-compose 1.29 (docker-compose)
//	COMPOSE2        docker-compose 2
//	E2E_ROOT        a folder with a root file system that has sh, coreutils, tar and python3
//	E2E_BIN         a folder with runnable-render and runnable-step
package compose_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/golden"
)

func TestCompose(t *testing.T) {
	all, err := golden.All("../../golden")
	if err != nil {
		t.Fatal(err)
	}
	cases := slices.DeleteFunc(all, func(c *golden.Case) bool { return !c.Runs("compose") })
	made := newEngine(t, cases)
	results, ran := &compare.Table{Suite: "compose", Counts: []string{"services"}}, atomic.Bool{}
	for _, v := range []struct{ name, program string }{{"v1", cmp.Or(os.Getenv("COMPOSE"), "docker-compose")}, {"v2", os.Getenv("COMPOSE2")}} {
		t.Run(v.name, func(t *testing.T) {
			e := made.with(t, v.name, v.program)
			for _, one := range []struct {
				name string
				test func(*testing.T)
			}{
				{"again", e.again}, {"parameters", e.parameters}, {"status", e.status}, {"killed", e.killed},
				{"users", e.users}, {"settings", e.stepSettings}, {"isolation", e.isolation}, {"parallelism", e.parallelism},
				{"hooks", e.hooks}, {"secrets", e.secrets}, {"secret-files", e.secretFiles},
				{"turns", e.turns}, {"command", e.runCommand}, {"no-engine", e.noEngine}, {"interrupt", e.interrupt}, {"other-target", e.otherTarget}, {"caller", e.caller},
				{"mutants", e.mutants},
				{"go-etl", func(t *testing.T) { e.goETL(t, results) }},
				{"notebooks", func(t *testing.T) { e.notebooks(t, results) }},
				{"ml", func(t *testing.T) { e.mlTraining(t, results) }},
			} {
				t.Run(one.name, func(t *testing.T) {
					t.Parallel()
					ran.Store(true)
					one.test(t)
				})
			}
			for _, c := range cases {
				t.Run(c.Name, func(t *testing.T) {
					t.Parallel()
					ran.Store(true)
					e.check(t, c, results)
				})
			}
		})
	}
	if !ran.Load() {
		t.Error("RUN names no test")
	}
	fmt.Print("\n", results)
}

// row is the case's in the closing table: the containers of its plan, and the seconds from `up` to its end.
func (e *engine) row(name string, started time.Time, services int) compare.Row {
	return compare.Row{Name: e.version + " " + name, Counts: []int{services}, Seconds: time.Since(started).Seconds()}
}

// observe runs a plan to its end and compares it with what is expected of the case; r is its line of the table.
func (e *engine) observe(t *testing.T, c *golden.Case, plan []byte) (p *project, r compare.Row, diff string) {
	t.Helper()
	p = e.project(t, plan, compare.Pairs(c.Expect.Secrets))
	started := time.Now()
	code := p.up(t)
	r = e.row(c.Name, started, p.services(t))
	st, run := p.facts(t)
	got, err := golden.Observe(t.Context(), st, run)
	if err != nil {
		return p, r, err.Error()
	}
	if diff = c.Diff(got); code != c.Expect.Exit {
		diff += fmt.Sprintf("result ended with %d, want %d\n", code, c.Expect.Exit)
	}
	return p, r, diff
}

// check runs one case on the engine and here, and compares both with what is expected.
func (e *engine) check(t *testing.T, c *golden.Case, results *compare.Table) {
	plan := e.render(t, c.Dir, e.cases[c.Name], compare.Pairs(c.Expect.Env), c.Args()...)
	p, r, diff := e.observe(t, c, plan)
	defer func() { results.Add(r) }()
	if diff != "" {
		t.Errorf("the run differs from expect.yaml (-want +got):\n%s", diff)
	}
	compare.Hides(t, c, map[string][]byte{"the plan": plan, "its output": []byte(p.log)})
	if t.Failed() {
		t.Log(p.log)
		return
	}
	dir := filepath.Join(t.TempDir(), c.Name)
	if err := os.CopyFS(dir, os.DirFS(c.Dir)); err != nil {
		t.Fatal(err)
	}
	r.Equal = e.sameTrace(t, p, dir, append(compare.Pairs(c.Expect.Env), compare.Pairs(c.Expect.Secrets)...), c.Args())
}

// sameTrace runs a definition here and compares the canonical traces.
func (e *engine) sameTrace(t *testing.T, p *project, dir string, env, args []string) bool {
	t.Helper()
	st, run := p.facts(t)
	return compare.SameTrace(t, compare.Here(t, e.bin, dir, append(compare.Environ(), env...), args...), st, run)
}

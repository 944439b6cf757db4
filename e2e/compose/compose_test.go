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
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/e2e/compare"
	"github.com/runnable-render/runnable-render/golden"
)

// row is one line of the closing table.
type row struct {
	version  string // of compose
	name     string
	services int
	seconds  float64
	equal    bool
}

type table struct {
	sync.Mutex
	rows []row
}

func (tb *table) add(r row) {
	tb.Lock()
	defer tb.Unlock()
	tb.rows = append(tb.rows, r)
}

// String is the table: the containers of a plan, and the seconds from `up` to its end.
func (tb *table) String() string {
	slices.SortFunc(tb.rows, func(a, b row) int {
		return cmp.Or(strings.Compare(a.version, b.version), strings.Compare(a.name, b.name))
	})
	var b strings.Builder
	fmt.Fprintf(&b, "%-8s %-36s %8s %8s  %s\n", "compose", "case", "services", "seconds", "trace equal")
	equal, services := 0, 0
	for _, r := range tb.rows {
		word := "no"
		if r.equal {
			word = "yes"
			equal++
		}
		services += r.services
		fmt.Fprintf(&b, "%-8s %-36s %8d %8.1f  %s\n", r.version, r.name, r.services, r.seconds, word)
	}
	fmt.Fprintf(&b, "compose %d/%d equal, %d services\n", equal, len(tb.rows), services)
	return b.String()
}

func TestCompose(t *testing.T) {
	all, err := golden.All("../../golden")
	if err != nil {
		t.Fatal(err)
	}
	cases := slices.DeleteFunc(all, func(c *golden.Case) bool { return !c.Runs("compose") })
	made := newEngine(t, cases)
	results, ran := &table{}, atomic.Bool{}
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

// observe runs a plan to its end and compares it with what is expected of the case; r is its line of the table.
func (e *engine) observe(t *testing.T, c *golden.Case, plan []byte) (p *project, r row, diff string) {
	t.Helper()
	p = e.project(t, plan, compare.Pairs(c.Expect.Secrets))
	started := time.Now()
	code := p.up(t)
	r = row{version: e.version, name: c.Name, seconds: time.Since(started).Seconds(), services: p.services(t)}
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
func (e *engine) check(t *testing.T, c *golden.Case, results *table) {
	plan := e.render(t, c.Dir, e.cases[c.Name], compare.Pairs(c.Expect.Env), c.Args()...)
	p, r, diff := e.observe(t, c, plan)
	defer func() { results.add(r) }()
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
	r.equal = e.sameTrace(t, p, dir, append(compare.Pairs(c.Expect.Env), compare.Pairs(c.Expect.Secrets)...), c.Args())
}

// sameTrace runs a definition here and compares the canonical traces.
func (e *engine) sameTrace(t *testing.T, p *project, dir string, env, args []string) bool {
	t.Helper()
	st, run := p.facts(t)
	return compare.SameTrace(t, compare.Here(t, e.bin, dir, append(compare.Environ(), env...), args...), st, run)
}

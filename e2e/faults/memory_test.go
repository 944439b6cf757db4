//go:build e2e

package faults

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// memoryLimit is enough for the program, warm parents and steps that take little.
const memoryLimit = 400 << 20

// memoryGroup makes a control group of limited memory and returns its folder: of cgroup 1 where there is one.
func memoryGroup(t *testing.T) string {
	t.Helper()
	root, file := "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
	if _, err := os.Stat(filepath.Join(root, file)); err != nil {
		root, file = "/sys/fs/cgroup", "memory.max"
		_ = os.WriteFile(filepath.Join(root, "cgroup.subtree_control"), []byte("+memory"), 0o644) // it may be on already
	}
	dir, err := os.MkdirTemp(root, "faults-")
	if err != nil {
		t.Fatalf("no control group can be made: %v", err)
	}
	t.Cleanup(func() {
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.WriteFile(filepath.Join(dir, file), []byte(strconv.Itoa(memoryLimit)), 0o644); err != nil {
		t.Fatalf("memory cannot be limited: %v", err)
	}
	return dir
}

const greedy = `
import os

def work(x):
    if x == 3 and not os.path.exists("roomy"):
        taken = []
        while True:
            taken.append(b"x" * (8 << 20))
    return [x, os.getppid()]
`

// TestOutOfMemory: the kernel kills one of the forks of a warm Python parent. Its step fails with kind oom, the others
// of the map and the parent go on; with room again a retry does.
func TestOutOfMemory(t *testing.T) {
	p := newPlace(t, map[string]string{
		"steps.py": greedy,
		"pipeline.yaml": "dag:\n  steps:\n    first: {type: task, command: steps.work, inputs: {x: {value: 0}}, returns: [{name: before}]}\n" +
			"    m:\n      type: map\n      iterate_on: xs\n      iterate_as: x\n      on_failure: after\n      branch:\n        steps:\n          f: {type: task, command: steps.work, returns: [{name: y}]}\n" +
			"    after: {type: task, command: steps.work, inputs: {x: {value: 9}}, returns: [{name: behind}], next: fail}\n",
	})
	group := memoryGroup(t)
	c := p.limited("echo $$ >"+group+"/cgroup.procs", "run", "--run-id", "r", "-j", "3", "--param", "xs=[0, 1, 2, 3, 4, 5, 6, 7]")
	c.demand(1, "steps.work was killed, most likely for the memory it used", "FAILED (oom)")
	parents := map[string]bool{}
	for _, path := range []string{"first", "m.0.f", "m.1.f", "m.2.f", "m.4.f", "m.5.f", "m.6.f", "m.7.f", "after"} {
		text, err := os.ReadFile(p.path(filepath.Join(".runnable/runs/r/steps", strings.ReplaceAll(path, ".", "/"), "1.json")))
		p.must(err)
		var rec struct {
			Status  string
			Returns []struct{ Value struct{ JSON []int } }
		}
		p.must(json.Unmarshal(text, &rec))
		if rec.Status != "SUCCESS" || len(rec.Returns) != 1 || len(rec.Returns[0].Value.JSON) != 2 {
			t.Fatalf("%s: %s", path, text)
		}
		parents[strconv.Itoa(rec.Returns[0].Value.JSON[1])] = true
	}
	if len(parents) != 1 {
		t.Errorf("the steps that succeeded are forks of %d parents", len(parents))
	}
	p.write("roomy", "")
	p.goesOn(p.path(".runnable"), "r")
}

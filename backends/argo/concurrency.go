package argo

import (
	"fmt"

	"github.com/runnable-render/runnable-render/backends/internal/yamlout"
	"github.com/runnable-render/runnable-render/ir"
)

// semaphore reports whether more than one run may go on at a time: the number is then in a ConfigMap.
func (b *builder) semaphore() bool {
	return b.pipeline.Concurrency != nil && b.pipeline.Concurrency.Runs() > 1
}

// group is the name of the lock that runs hold while they go on, and of the ConfigMap of a semaphore.
func (b *builder) group() string {
	if g := b.pipeline.Concurrency.Group; g != "" {
		return "runs-" + g
	}
	return "runs-" + b.name()
}

// limitKey is the key of the ConfigMap that holds the number of runs.
const limitKey = "limit"

// runsAtATime is the lock of the whole workflow: a mutex, or a semaphore for more than one run.
func (b *builder) runsAtATime() *yamlout.Map {
	m, c := yamlout.NewMap(), b.pipeline.Concurrency
	if c == nil {
		return m
	}
	if c.Conflict() != ir.ConflictWait {
		b.refuse("RR1028", c.Span, "on_conflict is %s, but on Argo runs always wait for one another; use wait, or set a schedule's concurrency_policy (Forbid, Replace) in %s", c.Conflict(), b.configName())
		return m
	}
	kind, lock := "mutex", yamlout.NewMap("name", b.group())
	if b.semaphore() {
		kind, lock = "semaphore", yamlout.NewMap("configMapKeyRef", yamlout.Flow{Value: yamlout.NewMap("name", b.group(), "key", limitKey)})
		if !b.o.Directory {
			b.notes = append(b.notes, fmt.Sprintf("the limit of %d runs is in a ConfigMap, which -o DIR/ writes; or: kubectl create configmap %s --from-literal=%s=%d", c.Runs(), b.group(), limitKey, c.Runs()))
		}
	}
	if b.o.Version == "3.5" {
		return m.Add(kind, lock)
	}
	return m.Add(map[string]string{"mutex": "mutexes", "semaphore": "semaphores"}[kind], yamlout.NewList(lock))
}

// limit is the ConfigMap that says how many runs go on at a time.
func (b *builder) limit() *yamlout.Map {
	m := yamlout.NewMap("apiVersion", "v1", "kind", "ConfigMap").Add("metadata", b.metadata("name", b.group(), false))
	return m.Add("data", yamlout.NewMap(limitKey, itoa(b.pipeline.Concurrency.Runs())))
}

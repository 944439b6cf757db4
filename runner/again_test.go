package runner_test

import (
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/runner"
)

// What a composite gave before a run was retried does not stand for what it gives now.
func TestRetryForgetsWhatCompositesGave(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "exit=code attempts=all begin=target control=none skipped=98", `
name: p
dag:
  steps:
    outer:
      type: parallel
      branches:
        b:
          steps:
            inner:
              type: parallel
              branches:
                c:
                  steps:
                    s: {type: task, command_type: shell, command: '[ "$V" ] && export v=$V', returns: [v]}
              next: t
            t: {type: task, command_type: shell, command: 'export w=$v', returns: [w]}
      next: after
    after: {type: task, command_type: shell, command: '[ "$w" = good ]'}
`)
	walk := func(want int, env ...string) {
		e.call(want, env, "run", "outer.b.inner.c.s")
		e.call(want, env, "join", "outer.b.inner")
		if want == 0 {
			e.call(want, env, "run", "outer.b.t")
		}
		e.call(want, env, "join", "outer")
		if want == 0 {
			e.call(want, env, "run", "after")
		}
		e.call(want, env, "result")
	}
	walk(runner.ExitFailed)
	walk(runner.ExitOK, "V=good", "RUNNABLE_RETRY=1")
}

// What a Python function reduced stands only for the values that it was given.
func TestRetryReducesWhatItemsReturnNow(t *testing.T) {
	t.Parallel()
	const text = `
name: p
dag:
  steps:
    list: {type: task, command_type: shell, command: 'export xs="[1, 2]"', returns: [xs], next: m}
    m:
      type: map
      iterate_on: xs
      iterate_as: x
      reducer: builtins.max
      branch:
        steps:
          s: {type: task, command_type: shell, command: 'export v=$((x + 1))', returns: [v]}
      next: after
    after: {type: task, command_type: shell, command: '[ "$v" = "$V" ]'}
`
	e := newEngine(t, "exit=code attempts=all begin=target control=none skipped=98", text)
	walk := func(want int, env ...string) {
		for _, args := range [][]string{{"run", "list"}, {"run", "m.0.s"}, {"run", "m.1.s"}, {"reduce", "m"}} {
			e.call(0, env, args...)
		}
		e.call(want, env, "run", "after")
		e.call(want, env, "result")
	}
	walk(runner.ExitFailed, "V=20")
	edited := newPlan(t, strings.Replace(text, "x + 1", "x * 10", 1))
	e.definition = edited.definition
	walk(runner.ExitOK, "V=20", "RUNNABLE_RETRY=1")
}

package step

import (
	"strings"
	"testing"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/testvenv"
)

const annotated = `
from dataclasses import InitVar, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from no_such_module import Frame

def rows(frame: Frame, n: int): return [frame, n + 1]

@dataclass
class Sum:
    a: int
    k: InitVar[int] = 1
    def __post_init__(self, k): self.total = self.a + k

@dataclass
class More(Sum):
    b: int = 0

def total(c: Sum): return c.total
def more(c: More): return [c.total, c.b]
`

// A name that only a type checker sees takes any value, unquoted too, where the language lets one write it; fields of
// dataclasses that only their constructor takes are passed and cast, inherited ones too. On every Python of this machine.
func TestAnnotationsOnEveryPython(t *testing.T) {
	t.Parallel()
	all, err := testvenv.Interpreters()
	if err != nil {
		t.Fatal(err)
	}
	for _, python := range all {
		for _, first := range []string{"from __future__ import annotations\n", ""} {
			if !python.Supported() || first == "" && !strings.HasPrefix(python.Version, "3.14") {
				continue // before 3.14 the function itself cannot be defined
			}
			t.Run(python.Version, func(t *testing.T) {
				t.Parallel()
				r := runtimeFor(t, Options{Python: python.Path, Cold: true})
				call := func(function string, params ...engine.Named) (Result, string) {
					job := pythonJob(t, "annotated."+function, params, "r")
					write(t, job.Dir, "annotated.py", first+annotated)
					return execute(t, r, job)
				}
				res, log := call("rows", param("frame", `{"x":1}`), param("n", "1"))
				wantSuccess(t, res, log, `r=[{"x":1},2]`)
				res, log = call("total", param("c", `{"a":1,"k":41}`))
				wantSuccess(t, res, log, "r=42")
				res, log = call("total", param("c", `{"a":1}`))
				wantSuccess(t, res, log, "r=2")
				res, log = call("more", param("c", `{"a":"1","k":"2","b":3}`))
				wantSuccess(t, res, log, "r=[3,3]")
				res, log = call("total", param("c", `{"a":1,"k":"many"}`))
				wantFailure(t, res, log, engine.KindData, "k")
			})
		}
	}
}

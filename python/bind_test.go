package python

import (
	"os/exec"
	"testing"
)

// parameters compares what bind reads from a function's code with what inspect says.
const parameters = `
import functools, inspect, sys
sys.path.insert(0, ".")
from runnable_render.bind import EMPTY, _parameters

def none(): pass
def plain(a, b=1): inner = 2; return inner
def all_kinds(a, b=1, /, c=2, *args, d, e=3, **rest): local = 1; return local
def only(*, a: int, b: "str" = None) -> int: pass
def rest(*things, **named): pass
def positional(a, b, /): pass
def annotated(a: "list[int]" = (), *args: int, **kw: str): pass
async def waits(a): pass
def yields(a, b=[]): yield a
@functools.wraps(plain)
def wrapped(*args): pass
class Holder:
    def __init__(self, x, y=1): pass
    @staticmethod
    def static(a, *, b=2): pass
    @classmethod
    def of(cls, a): pass
    def __call__(self, z): pass

for f in (none, plain, all_kinds, only, rest, positional, annotated, waits, yields, wrapped, Holder, Holder.static, Holder.of, Holder(1), functools.partial(plain, 1), lambda q, w=1: q, len):
    want = [(p.name, p.kind, p.default, p.annotation) for p in inspect.signature(f).parameters.values()]
    none = inspect.Parameter.empty
    got = [(p.name, p.kind, *(none if v is EMPTY else v for v in (p.default, p.annotation))) for p in _parameters(f, "f()")]
    assert got == want, (f, got, want)
`

func TestParametersAreThoseOfTheSignature(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("python3", "-c", parameters).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

package python

import (
	"os/exec"
	"testing"

	"github.com/runnable-render/runnable-render/internal/testvenv"
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

// plain compares our JSON with that of package json, which is not to be loaded by ours.
const plain = `
import sys
sys.path.insert(0, ".")
from runnable_render import plainjson
assert "json" not in sys.modules, "plainjson fell back to package json"
import json, math

def outcome(f, *args, **options):
    try:
        return repr(f(*args, **options))
    except RecursionError as e:
        return "RecursionError"
    except (ValueError, TypeError, LookupError) as e:
        return "no JSON" if f in (json.loads, plainjson.loads) else f"{type(e).__name__}: {e}"

texts = ['1', ' [1, 2] \n', '{"a": {"b": [null, true, false]}}', '1e400', '-0.0', '0.1', '123456789012345678901234567890', '"\u00e9\ud83d\ude00\ud800"',
    'NaN', '[Infinity, -Infinity]', '', ' ', '[1,]', '{"a" 1}', '{"a": 1, "a": 2}', 'tru', '1 2', '"a', "'a'", '"\x01"', '[' * 100000, b'"\xc3\xa9"', b'{}', '{"": []}']
for t in texts:
    assert outcome(plainjson.loads, t) == outcome(json.loads, t), (t, outcome(plainjson.loads, t), outcome(json.loads, t))

loop = []; loop.append(loop)
deep = []
for _ in range(100000): deep = [deep]
class Int(int): pass
values = [None, True, 1, -1.5, 1e300, 10**30, "é\u2028<>&\x00\ud800", [], {}, [1, [2, (3, 4)]], {"a": 1, "b": {"c": None}}, {1: 2, None: 3, True: 4, 1.5: 5}, {(1, 2): 3},
    math.nan, [math.inf], loop, deep, {1, 2}, object, b"x", Int(7), {"a": {1}}]
for v in values:
    for ascii in (True, False):
        for compact in (True, False):
            for nan in (True, False):
                for default in (None, lambda v: sorted(v) if isinstance(v, set) else {}[v]):
                    got = outcome(plainjson.dumps, v, default=default, ascii=ascii, compact=compact, allow_nan=nan)
                    want = outcome(json.dumps, v, default=default, ensure_ascii=ascii, separators=(",", ":") if compact else None, allow_nan=nan)
                    assert got == want, (v, got, want)
`

func TestPlainJSONIsThatOfThePackage(t *testing.T) {
	t.Parallel()
	all, err := testvenv.Interpreters()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		if !i.Supported() {
			continue
		}
		if out, err := exec.Command(i.Path, "-c", plain).CombinedOutput(); err != nil {
			t.Errorf("Python %s: %v\n%s", i.Version, err, out)
		}
	}
}

package step

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/runnable-render/runnable-render/internal/engine"
	"github.com/runnable-render/runnable-render/internal/matrix"
	"github.com/runnable-render/runnable-render/ir"
)

func skips(name string) bool {
	for _, s := range strings.Split(os.Getenv("SKIP"), ",") {
		if s == name {
			return true
		}
	}
	return false
}

func pythonRuntime(t testing.TB, cold bool) *Runtime {
	t.Helper()
	o := Options{Cold: cold, Grace: 200 * time.Millisecond, Python: os.Getenv("TEST_PYTHON")} // with SKIP=pydantic: any Python
	if !skips("pydantic") {
		py, err := testPython()
		if err != nil {
			t.Fatalf("cannot make a virtual environment (SKIP=pydantic goes without): %v", err)
		}
		o.Python = py
	}
	return runtimeFor(t, o)
}

// bothWays runs a test with warm parents and with fresh interpreters.
func bothWays(t *testing.T, f func(t *testing.T, r *Runtime)) {
	t.Helper()
	for name, cold := range map[string]bool{"warm": false, "cold": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, pythonRuntime(t, cold))
		})
	}
}

const functions = `
import argparse, asyncio, collections, dataclasses, datetime, decimal, enum, os, pathlib, sys, typing
from typing import Any, Dict, List, Literal, Optional, Tuple, Union

def pair(): return 1, 2
def lister(): return [1, 2]
def none(): return None
def mapping(): return {"n_samples": 10, "n_features": 3, "more": {"a": 1}}
def echo(x): return x
def kinds(a: int, b: float, c: str, d: bool, e: list, f: dict): return [a, b, c, d, e, f]
def default(x, y=5): return [x, y]
def optional(x: Optional[int]): return x
def union(x: Union[int, str]): return x
def literal(x: Literal["a", 1]): return x
def generics(a: List[int], b: Dict[str, float], c: Tuple[int, str], d: typing.Set[int]): return [a, b, list(c), sorted(d)]
def string_annotation(x: "int | None", y: "NotThere", z: "List[int]"): return [x, y, z]
def boolean(x: bool): return x
def kwargs(a, **rest): return {"a": a, "rest": rest}
def namespace(args: argparse.Namespace): return sorted(vars(args).items())
def positional(a, /, b, *args, c=3, **kw): return [a, b, list(args), c, kw]
def path(p: pathlib.Path, d: datetime.date, n: decimal.Decimal): return [p, p.name, d, d.year, n]
class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"
def color(c: Color): return [c, c.name]
@dataclasses.dataclass
class Inner:
    n: int
@dataclasses.dataclass
class Outer:
    x: float
    inner: Inner
    tags: List[str] = dataclasses.field(default_factory=list)
def data(o: Outer): return o
def outer_type(o: Outer): return [type(o).__name__, type(o.inner).__name__, o.x]
class Point(typing.NamedTuple):
    x: int
    y: int
def point(p: Point): return [p.x, p.y]
def nan(): return float("nan")
def deep(): return {"a": [1, {"b": float("inf")}]}
def a_set(): return {2, 1}
def same_keys(): return [{1: "a", "1": "b"}]
def written(version: str, sha: str, flag: str, digits: decimal.Decimal, many: List[str]): return [version, sha, flag, digits, many]
def seconds(td: datetime.timedelta): return td
@dataclasses.dataclass
class Cat:
    meow: int = 1
@dataclasses.dataclass
class Dog:
    bark: int = 1
def best(p: Union[Cat, Dog]): return [type(p).__name__, p]
class Row(typing.TypedDict):
    n: int
def row(r: Row): return r
def dies(x: int): os._exit(7)
def obj(): return {1, 2}, 0.5
def use_obj(o, mm: float): return sorted(o) + [mm]
def text(): return "007"
def raises():
    def inner(): raise ValueError("boom\nsecond line")
    inner()
def leaves(): sys.exit(3)
def leaves_text(): sys.exit("no good")
def leaves_fine(): sys.exit(0)
def os_exit(): os._exit(0)
def os_exit_4(): os._exit(4)
def crash():
    import ctypes; ctypes.string_at(0)
def hungry():
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))  # as ulimit -v
    return len(bytearray(4 << 30))
def prints():
    print("out"); print("err", file=sys.stderr); os.write(1, b"raw\n"); os.system("echo child")
    sys.stdout.write("no newline")
async def co(x): await asyncio.sleep(0); return x + 1
async def gen(n):
    for i in range(n): yield {"type": "progress", "i": i}
    yield {"type": "done", "a": 1, "b": [2]}
async def gen_never():
    yield {"type": "progress"}
def inputs(model_results): return model_results
def big(n): return n + 1
def unicode(): return {"é": "\ud800", "日": "本"}
class Holder:
    @staticmethod
    def method(x): return x * 2
    not_callable = 5
def environ(): return [os.environ.get("STEP_ENV"), os.environ.get("RUNNABLE_STEP"), os.environ.get("k"), os.environ.get("TOKEN"), os.getcwd()]
def reader(): return open("data.txt").read()
def needs(alpha, beta, n_sample): pass
def maximum(*xs): return max(xs)
counter = 0
def count():
    global counter
    counter += 1
    return counter
def pid(): return [os.getpid(), os.getppid()]
`

func pythonJob(t testing.TB, function string, params []engine.Named, returns ...string) Job {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "functions.py", functions)
	if params == nil {
		params = []engine.Named{}
	}
	return Job{
		Run: "r", Path: "s", Attempt: 1, Dir: dir, Params: params, Blobs: &memory{},
		Node: &ir.Task{Command: &ir.Python{Function: function}, Returns: returning(returns...)},
	}
}

func TestPythonReturns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "functions.py", functions)
	cases := []struct {
		function string
		params   []engine.Named
		returns  []string
		want     string
	}{
		// Vectors A.3 of the reference, with the corrections of SEMANTICS 3.
		{"pair", nil, []string{"x"}, `x=[1,2]`},
		{"pair", nil, []string{"x", "y"}, `x=1 y=2`},
		{"none", nil, []string{"z"}, `z=null`},
		{"pair", nil, nil, ``},
		{"obj", nil, []string{"o:object", "mm:metric"}, `o=object mm=0.5`},
		{"mapping", nil, []string{"n_features", "n_samples"}, `n_features=3 n_samples=10`},
		{"mapping", nil, []string{"n:json:n_samples"}, `n=10`},
		{"mapping", nil, []string{"n_samples", "f:json:n_features"}, `n_samples=10 f=3`},
		{"mapping", nil, []string{"whole"}, `whole={"n_samples":10,"n_features":3,"more":{"a":1}}`},
		{"text", nil, []string{"t:text"}, `t="007"`},
		{"unicode", nil, []string{"u"}, `u={"é":"\ud800","日":"本"}`},

		{"echo", params("x", `123456789012345678901234567890`), []string{"r"}, `r=123456789012345678901234567890`},
		{"echo", params("x", `1.0`), []string{"r"}, `r=1.0`},
		{"echo", params("x", `"日本"`), []string{"r"}, `r="日本"`},
		{"echo", params("x", `{"b":1,"a":[null,true]}`), []string{"r"}, `r={"b":1,"a":[null,true]}`},
		{"kinds", params("a", `"3"`, "b", `"2.5"`, "c", `7`, "d", `"false"`, "e", `[1]`, "f", `{"k":1}`), []string{"r"}, `r=[3,2.5,"7",false,[1],{"k":1}]`},
		{"default", params("x", `1`), []string{"r"}, `r=[1,5]`},
		{"default", params("x", `1`, "y", `2`), []string{"r"}, `r=[1,2]`},
		{"optional", params("x", `"3"`), []string{"r"}, `r=3`},
		{"optional", params("x", `null`), []string{"r"}, `r=null`},
		{"union", params("x", `"3"`), []string{"r"}, `r="3"`},
		{"union", params("x", `3`), []string{"r"}, `r=3`},
		{"literal", params("x", `"a"`), []string{"r"}, `r="a"`},
		{"literal", params("x", `"1"`), []string{"r"}, `r=1`},
		{"generics", params("a", `["1",2]`, "b", `{"k":"1.5"}`, "c", `["1",2]`, "d", `[2,1,"2"]`), []string{"r"}, `r=[[1,2],{"k":1.5},[1,"2"],[1,2]]`},
		{"string_annotation", params("x", `"3"`, "y", `"as it is"`, "z", `["4"]`), []string{"r"}, `r=[3,"as it is",[4]]`},
		{"boolean", params("x", `"false"`), []string{"r"}, `r=false`},
		{"boolean", params("x", `"True"`), []string{"r"}, `r=true`},
		{"boolean", params("x", `0`), []string{"r"}, `r=false`},
		{"kwargs", params("a", `1`, "b", `2`, "c", `3`), []string{"r"}, `r={"a":1,"rest":{"b":2,"c":3}}`},
		{"namespace", params("b", `2`, "a", `1`), []string{"r"}, `r=[["a",1],["b",2]]`},
		{"positional", params("a", `1`, "b", `2`, "z", `9`), []string{"r"}, `r=[1,2,[],3,{"z":9}]`},
		{"path", params("p", `"d/x.csv"`, "d", `"2024-02-29"`, "n", `"1.10"`), []string{"r"}, `r=["d/x.csv","x.csv","2024-02-29",2024,"1.10"]`},
		{"color", params("c", `"red"`), []string{"r"}, `r=["red","RED"]`},
		{"data", params("o", `{"x":"1.5","inner":{"n":"2"}}`), []string{"r"}, `r={"x":1.5,"inner":{"n":2},"tags":[]}`},
		{"a_set", nil, []string{"x"}, `x=[1,2]`},
		{"nan", nil, []string{"x:metric"}, `x=null`},
		{"written", params("version", `1.10`, "sha", `1234567e8`, "flag", `true`, "digits", `0.12345678901234567890123`, "many", `[1.10,2]`), []string{"r"},
			`r=["1.10","1234567e8","true","0.12345678901234567890123",["1.10","2"]]`},
		{"echo", params("x", `1.10`), []string{"r"}, `r=1.1`},
		{"seconds", params("td", `90`), []string{"r"}, `r="PT1M30S"`},
		{"best", params("p", `{"bark":1}`), []string{"r"}, `r=["Dog",{"bark":1}]`},
		{"row", params("r", `{"n":"3"}`), []string{"r"}, `r={"n":3}`},
		{"outer_type", params("o", `{"x":1,"inner":{"n":2}}`), []string{"r"}, `r=["Outer","Inner",1.0]`},
		{"point", params("p", `{"x":"1","y":2}`), []string{"r"}, `r=[1,2]`},
		{"point", params("p", `[1,"2"]`), []string{"r"}, `r=[1,2]`},
		{"co", params("x", `1`), []string{"r"}, `r=2`},
		{"gen", params("n", `3`), []string{"a", "b"}, `a=1 b=[2]`},
		{"Holder.method", params("x", `4`), []string{"r"}, `r=8`},
		{"leaves_fine", nil, nil, ``},
	}
	bothWays(t, func(t *testing.T, r *Runtime) {
		for _, c := range cases {
			t.Run(c.function, func(t *testing.T) {
				t.Parallel()
				job := pythonJob(t, "functions."+c.function, c.params, c.returns...)
				job.Dir = dir
				res, log := execute(t, r, job)
				wantSuccess(t, res, log, c.want)
			})
		}
	})
}

func TestPythonFailures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "functions.py", functions)
	write(t, dir, "broken.py", "import nonesuch_package\ndef f(): pass\n")
	write(t, dir, "syntax.py", "def f(:\n")
	write(t, dir, "atimport.py", "raise RuntimeError('at import')\n")
	cases := []struct {
		function string
		params   []engine.Named
		returns  []string
		kind     engine.FailureKind
		code     int
		says     []string
	}{
		{"functions.pair", nil, []string{"a", "b", "c"}, engine.KindData, 0, []string{"3 values (a, b, c)", "tuple of 2"}},
		{"functions.lister", nil, []string{"x", "y"}, engine.KindData, 0, []string{"a list", "tuple of that length or a mapping"}},
		{"functions.mapping", nil, []string{"n_samples", "n_feature"}, engine.KindData, 0, []string{`without "n_feature"`, `did you mean "n_features"`}},
		{"functions.none", nil, []string{"x", "y"}, engine.KindData, 0, []string{"returned nothing"}},
		{"functions.needs", params("alpha", "1", "n_samples", "2"), nil, engine.KindData, 0, []string{`"beta" and "n_sample"`, "visible are: alpha, n_samples"}},
		{"functions.echo", params("y", "1"), nil, engine.KindData, 0, []string{`echo() needs "x"`}},
		{"functions.kinds", params("a", `"x"`, "b", "1", "c", "1", "d", "true", "e", "[]", "f", "{}"), nil, engine.KindData, 0, []string{`parameter "a" is 'x', which cannot become int`}},
		{"functions.boolean", params("x", `"maybe"`), nil, engine.KindData, 0, []string{"true or false"}},
		{"functions.literal", params("x", `"b"`), nil, engine.KindData, 0, []string{"one of 'a', 1"}},
		{"functions.data", params("o", `{"x":1}`), nil, engine.KindData, 0, []string{"Outer", "inner"}},
		{"functions.nan", nil, []string{"x"}, engine.KindData, 0, []string{`"x"`, "NaN"}},
		{"functions.deep", nil, []string{"x"}, engine.KindData, 0, []string{"infinity"}},
		{"functions.data", params("o", `{"x":1,"inner":{"n":2,"unknwn":1}}`), nil, engine.KindData, 0, []string{`at inner: Inner has no field "unknwn"`, "it has: n"}},
		{"functions.kinds", params("a", "2.7", "b", "1", "c", `""`, "d", "true", "e", "[]", "f", "{}"), nil, engine.KindData, 0, []string{`parameter "a" is 2.7`, "2.7 is not a whole number"}},
		{"functions.generics", params("a", "[1,1.9]", "b", "{}", "c", `[1,"2"]`, "d", "[]"), nil, engine.KindData, 0, []string{`parameter "a"`, "at [1]: 1.9 is not a whole number"}},
		{"functions.union", params("x", "2.5"), nil, engine.KindData, 0, []string{`parameter "x" is 2.5`, "not a whole number"}},
		{"functions.same_keys", nil, []string{"x"}, engine.KindData, 0, []string{`two keys that are both "1" in JSON`}},
		{"functions.raises", nil, nil, engine.KindError, 1, []string{"ValueError: boom"}},
		{"functions.leaves", nil, nil, engine.KindError, 3, []string{"SystemExit: 3"}},
		{"functions.leaves_text", nil, nil, engine.KindError, 1, []string{"no good"}},
		{"functions.leaves_fine", nil, []string{"x"}, engine.KindData, 0, []string{"sys.exit before it returned x"}},
		{"functions.os_exit", nil, []string{"x"}, engine.KindError, 0, []string{"before the function returned"}},
		{"functions.os_exit_4", nil, nil, engine.KindError, 4, []string{"exit code 4"}},
		{"functions.crash", nil, nil, engine.KindKilled, 139, []string{"SIGSEGV"}},
		{"functions.hungry", nil, nil, engine.KindError, 1, []string{"MemoryError"}},
		{"functions.gen_never", nil, []string{"a"}, engine.KindData, 0, []string{`type "done"`}},
		{"functions.par", nil, nil, engine.KindError, 0, []string{`no function "par"`, `did you mean "pair"`}},
		{"functions.Holder.not_callable", nil, nil, engine.KindError, 0, []string{"not a function"}},
		{"nonesuch.f", nil, nil, engine.KindError, 0, []string{`cannot import "nonesuch"`, "searched: " + dir}},
		{"broken.f", nil, nil, engine.KindError, 0, []string{`cannot import "broken"`, "nonesuch_package", "searched: "}},
		{"syntax.f", nil, nil, engine.KindError, 0, []string{`cannot import "syntax"`, "SyntaxError"}},
		{"atimport.f", nil, nil, engine.KindError, 0, []string{"RuntimeError: at import"}},
		{"nodot", nil, nil, engine.KindError, 0, []string{"module.function"}},
	}
	bothWays(t, func(t *testing.T, r *Runtime) {
		version := versionOf(t.Context(), python3(r))
		if version == "" {
			t.Fatalf("%s has no version", python3(r))
		}
		for _, c := range cases {
			t.Run(c.function, func(t *testing.T) {
				t.Parallel()
				job := pythonJob(t, c.function, c.params, c.returns...)
				job.Dir = dir
				res, log := execute(t, r, job)
				wantFailure(t, res, log, c.kind, c.says...)
				if res.Failure.ExitCode != c.code {
					t.Errorf("exit code %d, want %d", res.Failure.ExitCode, c.code)
				}
				wantCode(t, res, "python", version)
				for _, ours := range []string{"runnable_render", "rr_boot", "importlib"} {
					if c.function != "functions.crash" && strings.Contains(log, ours) {
						t.Errorf("the log shows our own code:\n%s", log)
					}
				}
			})
		}
	})
}

func TestPythonTraceback(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		_, log := execute(t, r, pythonJob(t, "functions.raises", nil))
		if !strings.HasPrefix(log, "Traceback (most recent call last):\n  File ") || !strings.Contains(log, "in inner") || strings.Count(log, "  File ") != 2 {
			t.Errorf("log:\n%s", log)
		}
	})
}

func TestPythonLog(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		res, log := execute(t, r, pythonJob(t, "functions.prints", nil))
		wantSuccess(t, res, log, "")
		if log != "out\nerr\nraw\nchild\nno newline" {
			t.Errorf("log %q", log)
		}
	})
}

func TestPythonInputs(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		job := pythonJob(t, "functions.inputs", params("rf", `{"a":1}`, "xgb", `{"a":2}`, "other", "3"), "best")
		task := job.Node.(*ir.Task)
		task.Inputs = []ir.Input{{Arg: "model_results", From: []string{"rf", "xgb"}}}
		res, log := execute(t, r, job)
		wantSuccess(t, res, log, `best=[{"a":1},{"a":2}]`)
		if got := show(res.Inputs); got != `rf={"a":1} xgb={"a":2}` {
			t.Errorf("inputs %s", got)
		}
		task.Inputs = []ir.Input{{Arg: "model_results", From: []string{"rf"}}}
		res, log = execute(t, r, job)
		wantSuccess(t, res, log, `best={"a":1}`)
		task.Inputs = []ir.Input{{Arg: "model_results", From: []string{"rf"}, List: true}}
		res, log = execute(t, r, job)
		wantSuccess(t, res, log, `best=[{"a":1}]`)
		task.Inputs = []ir.Input{{Arg: "model_results", Value: `[1,{"k":null}]`}}
		res, log = execute(t, r, job)
		wantSuccess(t, res, log, `best=[1,{"k":null}]`)
		task.Inputs = []ir.Input{{Arg: "model_results", From: []string{"xbg"}}}
		res, log = execute(t, r, job)
		wantFailure(t, res, log, engine.KindData, `"xbg"`, `did you mean "xgb"`)
		task.Inputs = []ir.Input{{Arg: "model_result", Value: "1"}}
		res, log = execute(t, r, job)
		wantFailure(t, res, log, engine.KindData, `"model_result"`, "does not take")

		// Whatever an attempt came to, its record has what it was given.
		for function, kind := range map[string]engine.FailureKind{"boolean": engine.KindData, "dies": engine.KindError} {
			failing := pythonJob(t, "functions."+function, params("x", "7", "other", "1"))
			res, log = execute(t, r, failing)
			wantFailure(t, res, log, kind)
			if got := show(res.Inputs); got != "x=7" {
				t.Errorf("inputs of %s: %q", function, got)
			}
		}
	})
}

func TestPythonObjects(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		job := pythonJob(t, "functions.obj", nil, "o:object", "mm:metric")
		res, log := execute(t, r, job)
		wantSuccess(t, res, log, "o=object mm=0.5")
		if show(res.Metrics) != "mm=0.5" {
			t.Errorf("metrics %s", show(res.Metrics))
		}
		next := pythonJob(t, "functions.use_obj", res.Returns, "r")
		next.Blobs = job.Blobs
		res, log = execute(t, r, next)
		wantSuccess(t, res, log, "r=[1,2,0.5]")

		// After a map an object is a list of objects; an item that returned none is null.
		object := next.Params[0].Value
		list := engine.Named{Name: "xs", Value: engine.Value{Kind: ir.Object, Items: []engine.Value{object, engine.Null(), object}}}
		write(t, next.Dir, "lists.py", "def f(xs): return [None if x is None else sorted(x) for x in xs]\n")
		next.Params, next.Node.(*ir.Task).Command = []engine.Named{list}, &ir.Python{Function: "lists.f"}
		res, log = execute(t, r, next)
		wantSuccess(t, res, log, "r=[[1,2],null,[1,2]]")

		// A large value is a blob and arrives all the same.
		big := `"` + strings.Repeat("z", 200_000) + `"`
		b, err := job.Blobs.Put([]byte(big))
		if err != nil {
			t.Fatal(err)
		}
		job = pythonJob(t, "functions.echo", []engine.Named{{Name: "x", Value: engine.Value{Blob: &b}}}, "r")
		job.Blobs = next.Blobs
		res, log = execute(t, r, job)
		wantSuccess(t, res, log, "r="+big)

		// What cannot be read back says so.
		bad, err := job.Blobs.Put([]byte("junk"))
		if err != nil {
			t.Fatal(err)
		}
		job.Params = []engine.Named{{Name: "x", Value: engine.Value{Kind: ir.Object, Blob: &bad}}}
		res, log = execute(t, r, job)
		wantFailure(t, res, log, engine.KindData, `parameter "x" cannot be unpickled`)
		job.Params = []engine.Named{{Name: "x", Value: engine.Value{Kind: ir.Object, Blob: &engine.Blob{Hash: "00"}}}}
		res, log = execute(t, r, job)
		wantFailure(t, res, log, engine.KindData, `parameter "x"`, "no such blob")
	})
}

func TestPydantic(t *testing.T) {
	t.Parallel()
	if skips("pydantic") {
		t.Skip("SKIP=pydantic")
	}
	module := `
import math
from typing import List, Optional, Union
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, RootModel, computed_field
from pydantic.v1 import BaseModel as V1
class Inner(BaseModel):
    k: int
class Model(BaseModel):
    x: int
    foo: str = Field(default="d", alias="fooAlias")
    inner: Optional[Inner] = None
class Old(V1):
    x: int
def model(pydantic_param: Model): return pydantic_param
def models(ms: List[Model], maybe: Optional[Inner] = None): return [type(m).__name__ for m in ms], maybe
def old(o: Old): return [type(o).__name__, o]
def split() -> Model: return Model(x=3, fooAlias="z")
def numbers(): return {"i": np.int64(3), "f": np.float32(0.5), "b": np.bool_(True), "a": np.arange(3)}
def nans(): return np.float64("nan")
def unpicklable_by_pickle(): return lambda x: x + 1
def call(f): return f(1)
class Tags(RootModel[List[str]]): pass
class Sum(BaseModel):
    model_config = ConfigDict(extra="forbid")
    a: int = Field(validation_alias="first")
    @computed_field
    @property
    def twice(self) -> int: return 2 * self.a
class Thing:
    name = "thing"
class Holds(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    thing: Thing
    n: int
class Cat(BaseModel): meow: int = 1
class Dog(BaseModel): bark: int = 1
def tags(t: Tags): return t
def make_sum(): return Sum(first=2)
def sum(s: Sum): return s
def holds(): return Holds(thing=Thing(), n=3)
def thing(thing): return thing.name
def pet(p: Union[Cat, Dog]): return type(p).__name__
def positive(n: PositiveInt): return n
def array(a: np.ndarray): return [str(a.dtype), list(a.shape), a]
def floats(a: NDArray[np.float64]): return str(a.dtype)
def make_array(): return np.array([[1, 2]], dtype="float32"), np.arange(100_000)
def untyped(a, b): return [str(a.dtype), list(a.shape), str(b.dtype), len(b)]
def moments(): return [np.datetime64("2024-01-01", "ns"), np.timedelta64(90, "s")]
def nat(): return {"t": np.datetime64("NaT")}
`
	bothWays(t, func(t *testing.T, r *Runtime) {
		job := pythonJob(t, "models.model", params("pydantic_param", `{"x":"10","fooAlias":"bar","unknown":1,"inner":{"k":"2"}}`), "r")
		write(t, job.Dir, "models.py", module)
		run := func(function string, params []engine.Named, returns ...string) (Result, string) {
			j := job
			j.Params, j.Node = params, &ir.Task{Command: &ir.Python{Function: "models." + function}, Returns: returning(returns...)}
			return execute(t, r, j)
		}
		res, log := execute(t, r, job)
		wantSuccess(t, res, log, `r={"x":10,"fooAlias":"bar","inner":{"k":2}}`)
		if r.opts.Cold && !matrix.All() {
			return // each call imports pydantic and numpy anew
		}
		res, log = run("model", params("pydantic_param", `{"fooAlias":"bar"}`), "r")
		wantFailure(t, res, log, engine.KindData, `"pydantic_param"`, "Model", "Field required")
		res, log = run("models", params("ms", `[{"x":1},{"x":"2"}]`, "maybe", `{"k":1}`), "names", "inner")
		wantSuccess(t, res, log, `names=["Model","Model"] inner={"k":1}`)
		res, log = run("old", params("o", `{"x":"5","more":1}`), "r")
		wantSuccess(t, res, log, `r=["Old",{"x":5}]`)
		res, log = run("old", params("o", `{}`), "r")
		wantFailure(t, res, log, engine.KindData, "Old")
		res, log = run("split", params(), "x", "foo")
		wantFailure(t, res, log, engine.KindData, `without "foo"`, "fooAlias")
		res, log = run("numbers", params(), "r")
		wantSuccess(t, res, log, `r={"i":3,"f":0.5,"b":true,"a":[0,1,2]}`)
		res, log = run("nans", params(), "r")
		wantFailure(t, res, log, engine.KindData, "NaN")
		for _, c := range []struct {
			function string
			params   []engine.Named
			want     string // of the return r; a failure begins with !
		}{
			{"tags", params("t", `["a","b"]`), `["a","b"]`},
			{"tags", params("t", `[1]`), `!at [0]: Input should be a valid string`},
			{"pet", params("p", `{"bark":1}`), `"Dog"`},
			{"positive", params("n", `-3`), `!Input should be greater than 0`},
			{"array", params("a", `[2,3]`), `["int64",[2],[2,3]]`},
			{"array", params("a", `[[0.5],[1.5]]`), `["float64",[2,1],[[0.5],[1.5]]]`},
			{"array", params("a", `[1,"a"]`), `!several kinds: int, str`},
			{"floats", params("a", `[2,3]`), `"float64"`},
			{"floats", params("a", `["x"]`), `!its items are texts`},
			{"moments", params(), `["2024-01-01T00:00:00","PT1M30S"]`},
			{"nat", params(), `!NaN`},
		} {
			res, log = run(c.function, c.params, "r")
			if why, fails := strings.CutPrefix(c.want, "!"); fails {
				wantFailure(t, res, log, engine.KindData, why)
			} else {
				wantSuccess(t, res, log, "r="+c.want)
			}
		}
		// What a step returns, another takes as it was.
		res, log = run("make_sum", params(), "s")
		wantSuccess(t, res, log, `s={"a":2,"twice":4}`)
		res, log = run("sum", res.Returns, "r")
		wantSuccess(t, res, log, `r={"a":2,"twice":4}`)
		res, log = run("holds", params(), "thing:object", "n")
		wantSuccess(t, res, log, `thing=object n=3`)
		res, log = run("thing", res.Returns, "r")
		wantSuccess(t, res, log, `r="thing"`)
		res, log = run("make_array", params(), "a", "b")
		wantSuccess(t, res, log, `a=[[1.0,2.0]] b=object`)
		made := res.Returns
		res, log = run("untyped", made, "r")
		wantSuccess(t, res, log, `r=["float32",[1,2],"int64",100000]`)
		res, log = run("array", made, "r")
		wantSuccess(t, res, log, `r=["float32",[1,2],[[1.0,2.0]]]`)
		res, log = run("unpicklable_by_pickle", params(), "f:object") // cloudpickle is installed
		wantSuccess(t, res, log, `f=object`)
		res, log = run("call", res.Returns, "r")
		wantSuccess(t, res, log, `r=2`)
	})
}

func TestPythonIsolation(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		job := pythonJob(t, "functions.count", nil, "n")
		for range 3 { // what a task leaves in its module never reaches the next
			res, log := execute(t, r, job)
			wantSuccess(t, res, log, "n=1")
		}
	})
}

func TestPythonTimeout(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		job := pythonJob(t, "slow.f", nil)
		write(t, job.Dir, "slow.py", `
import os, signal, subprocess, sys, time
def f():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    a = subprocess.Popen(["sleep", "1000"])
    b = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    open("child", "w").write(str(a.pid)); open("escaped", "w").write(str(b.pid)); open("me", "w").write(str(os.getpid()))
    time.sleep(1000)
`)
		job.Node.(*ir.Task).Timeout = 2 * time.Second
		res, log := execute(t, r, job)
		wantFailure(t, res, log, engine.KindTimeout, "slow.f ran longer than 2s")
		for _, pid := range pids(t, job.Dir, "child", "escaped", "me") {
			if alive(pid) {
				t.Errorf("process %d still runs", pid)
			}
		}
	})
}

func TestPythonLeftovers(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		job := pythonJob(t, "after.f", nil, "r")
		write(t, job.Dir, "after.py", `
import atexit, threading, time
atexit.register(lambda: open("atexit", "w").write("ran"))
out = open("unclosed", "w")
def later():
    time.sleep(0.1); open("thread", "w").write("ran")
def f():
    out.write("text")
    threading.Thread(target=later).start()
    print("end")
    return 1
`)
		for range 3 {
			res, log := execute(t, r, job)
			wantSuccess(t, res, log, "r=1")
			for _, f := range []string{"atexit", "thread"} {
				if got := read(t, filepath.Join(job.Dir, f)); got != "ran" {
					t.Errorf("%s: %q", f, got)
				}
			}
			if got := read(t, filepath.Join(job.Dir, "unclosed")); got != "text" {
				t.Errorf("an open file lost what was written: %q", got)
			}
		}
		job = pythonJob(t, "opens.f", nil, "r") // in a fork, as its module opens nothing
		write(t, job.Dir, "opens.py", "def f():\n    global out\n    out = open('left', 'a')\n    out.write('x')\n    return 1\n")
		for range 3 {
			res, log := execute(t, r, job)
			wantSuccess(t, res, log, "r=1")
		}
		if got := read(t, filepath.Join(job.Dir, "left")); got != "xxx" {
			t.Errorf("a file that a function left open lost what was written: %q", got)
		}
	})
}

func TestReduce(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		job := pythonJob(t, "", nil)
		job.Node = &ir.Map{}
		v, err := r.Reduce(context.Background(), job, "functions.maximum", []engine.Value{engine.Int(3), engine.Int(7), engine.Int(5)})
		if err != nil || string(v.JSON) != "7" {
			t.Errorf("%s, %v", v.JSON, err)
		}
		if _, err = r.Reduce(context.Background(), job, "functions.maximum", nil); err == nil || !strings.Contains(err.Error(), "ValueError") {
			t.Errorf("error %v", err)
		}
	})
}

func TestPythonLargeValues(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		job := pythonJob(t, "large.f", params("n", "20000000"), "text", "o:object")
		write(t, job.Dir, "large.py", "def f(n): return 'x' * n, b'y' * n\n")
		res, log := execute(t, r, job)
		if res.Status != engine.Success {
			t.Fatal(res.Failure, log)
		}
		if len(res.Returns[0].Value.JSON) != 20_000_002 || res.Returns[1].Value.Blob.Size < 20_000_000 {
			t.Errorf("%d, %+v", len(res.Returns[0].Value.JSON), res.Returns[1].Value.Blob)
		}
	})
}

// TestPythonShadowing: a user's module may have the name of one that we use.
func TestPythonShadowing(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, r *Runtime) {
		job := pythonJob(t, "worker.f", nil, "r")
		write(t, job.Dir, "bind.py", "mine = 1\n")
		write(t, job.Dir, "ctypes.py", "raise ImportError('the wrong one')\n")
		write(t, job.Dir, "values.py", "raise ImportError('the wrong one')\n")
		write(t, job.Dir, "selectors.py", "raise ImportError('the wrong one')\n")
		write(t, job.Dir, "worker.py", "import bind\ndef f(): return bind.mine\n")
		for range 3 {
			res, log := execute(t, r, job)
			wantSuccess(t, res, log, "r=1")
		}
	})
}

func python3(r *Runtime) string {
	if r.opts.Python != "" {
		return r.opts.Python
	}
	return "python3"
}

"""Arrays and frames come out of a return as what they were, and objects that pickle cannot take are taken by others.

    frames.py FOLDER-OF-THE-PACKAGE FOLDER
"""
import datetime
import os
import sys
import threading

sys.path.insert(0, sys.argv[1])
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from runnable_render import arrays, values
from runnable_render.report import Failure

FILE = os.path.join(sys.argv[2], "value")


def back(value, kind="json"):
    """A value as the next step gets it, and the kind that it travelled as."""
    one = values.returned(value, "v", kind, FILE, "it")
    if "file" in one:
        return values.unpickle(one["file"], "it"), one["kind"]
    made = values.from_json(one["json"])
    return (arrays.rebuilt(made, one["form"]) if one.get("form") else made), one["kind"]


def same(a, b):
    assert type(a) is type(b), (type(a), type(b))
    if isinstance(a, np.ndarray):
        assert a.dtype == b.dtype and a.shape == b.shape, (a.dtype, b.dtype, a.shape, b.shape)
        return np.array_equal(a, b, equal_nan=a.dtype.kind in "fcmM")
    return a.equals(b)


for small in (np.array([2, 3]), np.array([[0.5]], dtype="float32"), np.zeros((0, 3)), np.zeros((2, 0, 1), dtype="int8"), np.array([True]), np.array(["a", "bc"]),
              np.array(["2024-02-29"], dtype="M8[ns]"), np.array(["2024-02"], dtype="M8[M]")):
    got, kind = back(small)
    assert kind == "json" and same(got, small), (small, got)
for whole in (np.arange(100_000), np.array([np.nan, 1]), np.array([1j]), np.array([1, None]), np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]), np.array(["NaT"], dtype="M8[s]"),
              pd.DataFrame({"a": [1, None], "t": pd.to_datetime(["2024-01-01", None])}), pd.Series([1, 2], name="s"), pd.Index(["a"]), pd.array([1, None]),
              pl.DataFrame({"a": [1]}), pl.Series("s", [1]), pa.table({"a": [1]}), pa.array([1]), pa.chunked_array([[1]]), pa.RecordBatch.from_pydict({"a": [1]})):
    got, kind = back(whole)
    assert kind == "object" and same(got, whole), (whole, got)
assert back(np.array(5)) == (5, "json") and back({"a": np.array([1, 2])}) == ({"a": [1, 2]}, "json")
assert back([np.datetime64("2024-01-01", "ns"), np.datetime64("2024-01-01T00:00:00.5"), pd.Timestamp("2024-01-01"), np.timedelta64(90, "s")])[0] == [
    "2024-01-01T00:00:00", "2024-01-01T00:00:00.500000", "2024-01-01T00:00:00", "PT1M30S"]
for none in (float("nan"), np.float32("inf"), np.datetime64("NaT"), pd.NaT, pd.NA, {"a": [pd.NaT]}):
    try:
        raise SystemExit(f"{none!r} became {back(none)}")
    except Failure as e:
        assert "NaN" in e.message, e.message
assert back({"loss": float("nan"), "best": [np.float32("-inf"), 1.5]}, "metric") == ({"loss": None, "best": [None, 1.5]}, "metric")


class Model:
    def __init__(self):
        self.lock, self.f = threading.Lock(), lambda x: x + 1


Model.__module__ = "model"
sys.modules["model"] = type(sys)("model")
sys.modules["model"].Model = Model
assert back(Model(), "object")[0].f(1) == 2  # by dill
assert back(lambda x: x * 2, "object")[0](2) == 4  # by cloudpickle
assert back({"at": datetime.date(2024, 1, 1)}, "object")[0] == {"at": datetime.date(2024, 1, 1)}
for missing in ("cloudpickle", "dill"):
    for name in [n for n in sys.modules if n.partition(".")[0] == missing]:
        del sys.modules[name]
    sys.modules[missing] = None
try:
    raise SystemExit(f"a lock became {back(Model(), 'object')}")
except Failure as e:
    assert "cloudpickle or dill, if it is installed" in e.message, e.message

"""Arrays, frames and tensors, recognised without importing their library: whoever has one has imported it.

A small array travels as its JSON list, with a form that says what it was; what has no such list travels pickled.
"""
import sys
import typing

from .scalars import LAX, Fit, Misfit, to_bool, to_datetime, to_float, to_int, to_str, to_timedelta

_PACKAGES = ("numpy", "pandas", "polars", "pyarrow", "torch")
_WHOLE = {  # what has no form as a JSON list that says all of it
    "pandas": ("DataFrame", "Series", "Index", "api.extensions.ExtensionArray"),
    "polars": ("DataFrame", "LazyFrame", "Series"),
    "pyarrow": ("Table", "RecordBatch", "Array", "ChunkedArray"),
    "torch": ("Tensor",),
}
LARGE = 64 << 10  # bytes of a JSON list, above which an array travels pickled
_LISTED = "biufUM"  # the kinds of arrays that a JSON list can say all of


def _package(cls):
    return (getattr(cls, "__module__", None) or "").partition(".")[0]


def _is(value, package, *names):
    module = sys.modules.get(package)
    for name in names if module is not None else ():
        cls = module
        for part in name.split("."):
            cls = getattr(cls, part, None)
        if isinstance(cls, type) and isinstance(value, cls):
            return True
    return False


def is_array(value):
    return _is(value, "numpy", "ndarray")


# --- returns -------------------------------------------------------------------------------------------------


def is_whole(value):
    """Reports whether a value travels pickled though its return asks for JSON."""
    if is_array(value):
        if value.ndim == 0:
            return False
        numpy = sys.modules["numpy"]
        if type(value) is not numpy.ndarray or value.dtype.kind not in _LISTED or 2 * value.size > LARGE:
            return True
        if value.dtype.kind == "f":
            return not bool(numpy.isfinite(value).all())
        return value.dtype.kind == "M" and bool(numpy.isnat(value).any())
    if _is(value, "torch", "Tensor") and value.ndim == 0:
        return False
    return any(_is(value, package, *names) for package, names in _WHOLE.items())


def form_of(value):
    """What says, beside the JSON list of an array, which array it was."""
    if is_array(value) and value.ndim:
        return f"numpy:{value.dtype.str}:{','.join(map(str, value.shape))}"
    return ""


def rebuilt(value, form):
    """The array that a JSON list was; the list, where this Python has no numpy."""
    _, dtype, shape = form.split(":")
    try:
        import numpy
    except ImportError:
        return value
    return numpy.array(value, dtype=dtype).reshape([int(n) for n in shape.split(",")])


# --- arguments -----------------------------------------------------------------------------------------------


def fitting(value, want):
    """The part of an annotation that names the class of an array or frame, or None."""
    if _package(type(value)) not in _PACKAGES:
        return None
    origin = typing.get_origin(want) or want
    if isinstance(origin, type) and isinstance(value, origin):
        return want
    members = typing.get_args(want) if not isinstance(origin, type) or origin.__name__ in ("Union", "UnionType") else ()
    return next((m for m in members if fitting(value, m) is m), None)


def conformed(value, dtype):
    """An array with the elements that NDArray[...] asks for."""
    return value if dtype is None or not is_array(value) else _retyped(value, dtype)


def builds(want):
    return _package(want) in _PACKAGES and isinstance(want, type)


def build(value, want, dtype, fit):
    """An array, frame or tensor of a JSON value."""
    fit.loosen(LAX)
    if value is None:
        raise Misfit("it is null")
    return _BUILDERS[_package(want)](value, want, dtype)


def _numpy(value, want, dtype):
    numpy = sys.modules["numpy"]
    if issubclass(want, numpy.ndarray):
        made = _array(value, dtype)
        return made if want is numpy.ndarray else made.view(want)
    if issubclass(want, numpy.generic):
        return _scalar(value, want)
    return want(value)


def dtype_of(want, variables):
    """The dtype that np.ndarray[shape, np.dtype[T]] names, or None."""
    args = typing.get_args(want)
    inner = typing.get_args(args[-1]) if args and _package(typing.get_origin(want)) == "numpy" else ()
    scalar = variables.get(inner[0], inner[0]) if inner and isinstance(inner[0], typing.TypeVar) else inner[0] if inner else None
    return sys.modules["numpy"].dtype(scalar) if isinstance(scalar, type) and scalar is not typing.Any and _concrete(scalar) else None


def _concrete(cls):
    """np.floating and the like name many dtypes, and so none."""
    numpy = sys.modules["numpy"]
    return cls not in (numpy.generic, numpy.number, numpy.integer, numpy.signedinteger, numpy.unsignedinteger, numpy.inexact, numpy.floating,
                       numpy.complexfloating, numpy.flexible, numpy.character)


def _array(value, dtype):
    numpy = sys.modules["numpy"]
    if isinstance(value, (str, dict)):
        raise Misfit("a list is wanted")
    if dtype is not None and dtype.kind == "O":
        return numpy.array(value, dtype=dtype)
    types = _leaves(value)
    if dict in types or type(None) in types:
        raise Misfit("an array holds numbers, texts, or true and false")
    if len(types) > 1 and types != {int, float}:
        raise Misfit("its items are of several kinds: " + ", ".join(sorted(t.__name__ for t in types)))
    try:
        made = numpy.array(value)
    except ValueError:
        made = None
    if made is None or made.dtype.kind == "O":
        raise Misfit("its lists are not equally long, or a number is too large")
    return made if dtype is None else _retyped(made, dtype)


def _leaves(value):
    """The types of what stands in lists of lists."""
    types = set(map(type, value)) if isinstance(value, list) else {type(value)}
    if list in types:
        types.discard(list)
        for v in value:
            if isinstance(v, list):
                types |= _leaves(v)
    return types


def _retyped(made, dtype):
    """The same elements in another dtype; refused where one of them would change, but for the precision of floats."""
    numpy = sys.modules["numpy"]
    if made.dtype == dtype or made.dtype.kind == dtype.kind and dtype.kind in "UM":
        return made
    words = made.dtype.kind in "US"
    if words != (dtype.kind in "USMm") and made.size:
        raise Misfit(f"its items are {'texts' if words else 'no texts'}, which are not {dtype}")
    try:
        with numpy.errstate(all="ignore"):
            cast = made.astype(dtype)
    except (ValueError, TypeError) as e:
        raise Misfit(str(e)) from None
    if dtype.kind in "biu" and not (cast == made).all() or dtype.kind == "f" and not numpy.isfinite(cast).all() and numpy.isfinite(made).all():
        raise Misfit(f"not all of its items are {dtype}")
    return cast


def _scalar(value, want):
    numpy, fit = sys.modules["numpy"], Fit()
    if issubclass(want, numpy.bool_):
        return want(to_bool(value, fit))
    if issubclass(want, numpy.datetime64):
        return want(value if isinstance(value, str) else to_datetime(value, fit).replace(tzinfo=None))
    if issubclass(want, numpy.timedelta64):
        return want(to_timedelta(value, fit))
    if issubclass(want, numpy.str_):
        return want(to_str(value, fit))
    if issubclass(want, numpy.integer) or want in (numpy.number, numpy.generic):
        plain = to_int(value, fit)
        try:
            made = want(plain)
        except (OverflowError, TypeError):
            made = None
        if made is None or int(made) != plain:
            raise Misfit(f"{plain} is out of the range of {want.__name__}")
        return made
    if issubclass(want, numpy.floating):
        return want(to_float(value, fit))
    return want(value)


def _pandas(value, want, _):
    pandas = sys.modules["pandas"]
    if want is pandas.Timestamp:
        return want(value if isinstance(value, str) else to_datetime(value, Fit()))
    if want is pandas.Timedelta:
        return want(to_timedelta(value, Fit()))
    return want(_table(value))


def _polars(value, want, _):
    return want(_table(value))


def _pyarrow(value, want, _):
    pyarrow = sys.modules["pyarrow"]
    if issubclass(want, pyarrow.Table):
        return want.from_pydict(value) if isinstance(value, dict) else want.from_pylist(_table(value))
    if issubclass(want, pyarrow.RecordBatch):
        return want.from_pydict(value) if isinstance(value, dict) else want.from_pylist(_table(value))
    if issubclass(want, pyarrow.ChunkedArray):
        return pyarrow.chunked_array([_table(value)])
    if issubclass(want, pyarrow.Array):
        return pyarrow.array(_table(value))
    return want(value)


def _torch(value, want, _):
    torch = sys.modules["torch"]
    if issubclass(want, torch.Tensor):
        return torch.tensor(_array(value, None).tolist() if "numpy" in sys.modules else value)
    return want(value)


def _table(value):
    if not isinstance(value, (list, dict)):
        raise Misfit("a list or a mapping of columns is wanted")
    return value


_BUILDERS = {"numpy": _numpy, "pandas": _pandas, "polars": _polars, "pyarrow": _pyarrow, "torch": _torch}

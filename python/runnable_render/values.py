"""Values to and from JSON and pickles."""
import sys

import _collections_abc as abc  # collections.abc, without the rest of collections

from . import plainjson
from .report import Failure, describe


class _any_integer:
    """Integers are exact at any size (SEMANTICS 2); Python 3.11 and later stop at 4300 digits."""

    def __enter__(self):
        if hasattr(sys, "set_int_max_str_digits"):
            self.old = sys.get_int_max_str_digits()
            sys.set_int_max_str_digits(0)

    def __exit__(self, *failure):
        if hasattr(sys, "set_int_max_str_digits"):
            sys.set_int_max_str_digits(self.old)


def from_json(text):
    with _any_integer():
        return plainjson.loads(text)


class Written(float):
    """A number with a point or an exponent, and the literal that it was written as."""

    __slots__ = ("text",)


def _number(text):
    made = Written(text)
    made.text = text
    return made


def _whole(text):
    return _number(text) if text == "-0" else int(text)


def from_json_as_written(text):
    """The value of JSON text, with numbers that know their literals. plain() makes of it what from_json would."""
    with _any_integer():
        return plainjson.loads(text, _number, _whole)


def written(value):
    """The literal of a number, true or false."""
    if type(value) is Written:
        return value.text
    with _any_integer():
        return plainjson.dumps(value)


def plain(value):
    """A value without the literals of its numbers."""
    if type(value) is Written:
        return 0 if value.text == "-0" else float(value)
    if type(value) is list:
        return [plain(v) for v in value]
    if type(value) is dict:
        return {k: plain(v) for k, v in value.items()}
    return value


def is_model(cls):
    """A pydantic model, of version 2 or 1, told without importing pydantic."""
    return isinstance(cls, type) and (
        (hasattr(cls, "model_validate") and hasattr(cls, "model_fields"))
        or (hasattr(cls, "parse_obj") and hasattr(cls, "__fields__"))
    )


def fields_of(value):
    """The fields of a model, dataclass or attrs object by name, or None. A field may hold anything."""
    cls = type(value)
    if is_model(cls):
        if not hasattr(cls, "model_validate"):
            return {f.alias: getattr(value, n) for n, f in cls.__fields__.items()}
        fields = {f.serialization_alias or n: getattr(value, n) for n, f in cls.model_fields.items()}
        computed = {f.alias or n: getattr(value, n) for n, f in cls.model_computed_fields.items()}
        return {**fields, **computed, **(value.model_extra or {})}
    if hasattr(cls, "__dataclass_fields__"):
        import dataclasses

        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if hasattr(cls, "__attrs_attrs__"):
        return {a.name: getattr(value, a.name) for a in cls.__attrs_attrs__}
    return None


def _dumped(model):
    """A model as its own rules write it."""
    if _hides(model):
        raise TypeError("it holds a secret of pydantic's, which JSON would lose; declare it under secrets")
    if hasattr(model, "model_dump"):
        return model.model_dump(mode="json", by_alias=True)
    return plainjson.loads(model.json(by_alias=True))


def _hides(value):
    """Reports whether something in a model is written as asterisks."""
    if is_model(type(value)):
        return any(_hides(v) for v in vars(value).values())
    if isinstance(value, (list, tuple)):
        return any(_hides(v) for v in value)
    if isinstance(value, dict):
        return any(_hides(v) for v in value.values())
    return hasattr(value, "get_secret_value")


def _is(value, module, *names):
    """isinstance, without importing a module: who has such a value has imported it."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(value, tuple(getattr(loaded, n) for n in names))


class _NoNumber(ValueError):
    """NaN and its relatives: what JSON has no number for."""


def _plain(value):
    """dumps asks this for everything it does not know."""
    if is_model(type(value)):
        return _dumped(value)
    fields = fields_of(value)
    if fields is not None:
        return fields
    if _is(value, "enum", "Enum"):
        return value.value
    if isinstance(value, abc.Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return _in_order(value)
    if _is(value, "datetime", "date", "time"):
        text = value.isoformat()
        if text == "NaT":  # of pandas
            raise _NoNumber
        return text
    if _is(value, "datetime", "timedelta"):
        return _period(value)
    if _is(value, "pathlib", "PurePath") or _is(value, "decimal", "Decimal") or type(value).__module__ in ("uuid", "ipaddress"):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return _text(value)
    if _is(value, "numpy", "datetime64", "timedelta64") or _is(value, "numpy", "ndarray") and value.dtype.kind in "Mm":
        return _moment(value)
    if callable(getattr(value, "as_py", None)):  # a scalar of pyarrow
        return value.as_py()
    if type(value).__name__ == "NAType":  # of pandas
        raise _NoNumber
    if callable(getattr(value, "item", None)) and getattr(value, "ndim", 0) == 0:
        item = value.item()  # scalars of numpy, pandas, torch
        if type(item) is not type(value):
            return item
    if type(value).__module__.split(".")[0] in ("numpy", "torch") and callable(getattr(value, "tolist", None)):
        return value.tolist()
    raise TypeError(f"{type(value).__module__}.{type(value).__qualname__} has no JSON form; return it with kind object")


def _in_order(items):
    """The items of a set, which has no order, in one that does not change from run to run."""
    if all(isinstance(i, str) for i in items) or all(isinstance(i, (bool, int, float)) for i in items):
        return sorted(items)
    return sorted(items, key=lambda i: plainjson.dumps(i, default=_plain, allow_nan=False))


def _text(data):
    try:
        return bytes(data).decode("utf-8")
    except UnicodeDecodeError:
        raise TypeError("bytes that are no UTF-8 text have no JSON form; return them with kind object") from None


def _period(delta):
    """A time in ISO 8601, as pydantic writes it."""
    micro = delta.days * 86_400_000_000 + delta.seconds * 1_000_000 + delta.microseconds
    sign, micro = ("-", -micro) if micro < 0 else ("", micro)
    days, micro = divmod(micro, 86_400_000_000)
    hours, micro = divmod(micro, 3_600_000_000)
    minutes, micro = divmod(micro, 60_000_000)
    seconds, micro = divmod(micro, 1_000_000)
    text = f"{seconds}.{micro:06}".rstrip("0") if micro else str(seconds)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{text}S" if text != "0" or not (days or hours or minutes) else "")
    return sign + "P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "")


def _moment(value):
    """A moment or period of numpy, or an array of such, in ISO 8601."""
    if getattr(value, "ndim", 0):
        return [_moment(v) for v in value]
    numpy = sys.modules["numpy"]
    if numpy.isnat(value):
        raise _NoNumber
    value = value[()]  # of an array without dimensions
    if isinstance(value, numpy.timedelta64):
        micro = value.astype("timedelta64[us]")
        if micro != value or not hasattr(micro.item(), "days"):
            raise TypeError("a numpy.timedelta64 finer than microseconds has no JSON form; return it with kind object")
        return _period(micro.item())
    whole, _, fraction = str(value).partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction.ljust(6 if len(fraction) < 7 else 9, '0')}" if fraction else whole


def _lost_key(value):
    """A key of a mapping that another one of it becomes in JSON, or None."""
    if isinstance(value, dict):
        if value and set(map(type, value)) != {str}:
            texts = set()
            for k in value:
                text = k if isinstance(k, str) else plainjson.dumps(k) if isinstance(k, (int, float, type(None))) else None
                if text in texts:
                    return text
                texts.add(text)
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return None
    if not any(issubclass(t, (dict, list, tuple)) for t in set(map(type, value))):
        return None
    return next((k for k in map(_lost_key, value) if k is not None), None)


def to_json(value, what):
    """The JSON text of a value; what names it in a message."""
    options = {"default": _plain, "allow_nan": False, "compact": True}
    try:
        lost = _lost_key(value)
        if lost is not None:
            raise Failure(f'{what} has two keys that are both "{lost}" in JSON; rename one')
        with _any_integer():
            text = plainjson.dumps(value, ascii=False, **options)
            try:
                text.encode("utf-8")
            except UnicodeEncodeError:  # half a surrogate pair travels as its escape
                text = plainjson.dumps(value, **options)
        return text
    except RecursionError:
        raise Failure(f"{what} is nested too deeply for JSON") from None
    except ValueError as e:
        if isinstance(e, _NoNumber) or "Out of range float" in str(e):
            raise Failure(f"{what} holds NaN or an infinity, which have no JSON form") from None
        raise Failure(f"{what} has no JSON form: {e}") from None
    except TypeError as e:
        raise Failure(f"{what} has no JSON form: {e}") from None


def returned(value, name, kind, path, what):
    """One value that a step returns, as the answer has it: its JSON text, or the file that it was pickled to."""
    one = {"name": name, "kind": kind}
    if kind == "json" and type(value).__module__.partition(".")[0] in _OF_ARRAYS:
        from . import arrays

        form = arrays.form_of(value)
        text = None if arrays.is_whole(value) else to_json(value, what)
        if text is not None and (not form or len(text) <= arrays.LARGE):
            return {**one, "json": text, "form": form}
        one["kind"] = kind = "object"
    if kind == "object":
        pickle_to(value, path, what)
        return {**one, "file": path}
    if kind == "text":
        return {**one, "json": to_json(value if isinstance(value, str) else str(value), what)}
    if kind == "metric":
        value = _told(value, what)
    return {**one, "json": to_json(value, what)}


_OF_ARRAYS = ("numpy", "pandas", "polars", "pyarrow", "torch")


def _told(metric, what):
    """A metric without the NaN and infinities of a training that went astray: they become null, and the log says so."""
    try:
        to_json(metric, what)
        return metric
    except Failure as e:
        if "NaN" not in e.message:
            raise
    print(f"[runnable-render] {what} holds NaN or an infinity, which JSON cannot say: it is recorded as null", flush=True)
    return _finite(plainjson.loads(plainjson.dumps(metric, default=_or_null)))


def _or_null(value):
    try:
        return _plain(value)
    except _NoNumber:
        return None


def _finite(value):
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return {k: _finite(v) for k, v in value.items()} if isinstance(value, dict) else value


def pickle_to(value, path, what):
    """Pickles a value by the first that can: pickle, then what is installed of cloudpickle and dill."""
    why, missing = None, []
    for name in _picklers():
        try:
            pickler = __import__(name)
        except ImportError:
            missing.append(name)
            continue
        try:
            with open(path, "wb") as f:
                # Protocol 5 is read by every Python that we support, so steps may differ in theirs.
                return pickler.dump(value, f, protocol=5)
        except OSError:
            raise
        except Exception as e:
            why = why or e
    more = f" ({' or '.join(missing)}, if it is installed, pickles more kinds of objects)" if missing else ""
    raise Failure(f"{what} cannot be pickled: {describe(why)}{more}") from None


def _picklers():
    """In a notebook classes are known to it alone: they travel with their objects where something can do that."""
    notebook = "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None
    return ("cloudpickle", "dill", "pickle") if notebook else ("pickle", "cloudpickle", "dill")


def unpickle(path, what):
    try:
        f = open(path, "rb")
    except OSError as e:
        raise Failure(f"{what} cannot be unpickled: {describe(e)}") from None
    with f:
        return load(f, what)


def load(f, what):
    """The object that was pickled to an open file."""
    import pickle

    try:
        try:
            return pickle.load(f)
        except ModuleNotFoundError as e:
            if e.name != "__builtin__":  # what dill calls the namespace of a program
                raise
            import dill

            f.seek(0)
            return dill.load(f)
    except ModuleNotFoundError as e:
        raise Failure(f'{what} cannot be unpickled: {sys.executable} has no module "{e.name}", which its object needs') from None
    except Exception as e:
        raise Failure(f"{what} cannot be unpickled: {describe(e)}") from None

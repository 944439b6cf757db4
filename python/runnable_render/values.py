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


def is_model(cls):
    """A pydantic model, of version 2 or 1, told without importing pydantic."""
    return isinstance(cls, type) and (
        (hasattr(cls, "model_validate") and hasattr(cls, "model_fields"))
        or (hasattr(cls, "parse_obj") and hasattr(cls, "__fields__"))
    )


def fields_of(value):
    """The fields of a model, dataclass or attrs object by name, or None."""
    cls = type(value)
    if is_model(cls):
        if hasattr(value, "model_dump"):
            return value.model_dump(mode="json", by_alias=True)
        return plainjson.loads(value.json(by_alias=True))
    if hasattr(cls, "__dataclass_fields__"):
        import dataclasses

        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if hasattr(cls, "__attrs_attrs__"):
        return {a.name: getattr(value, a.name) for a in cls.__attrs_attrs__}
    return None


def _is(value, module, *names):
    """isinstance, without importing a module: who has such a value has imported it."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(value, tuple(getattr(loaded, n) for n in names))


def _plain(value):
    """dumps asks this for everything it does not know."""
    fields = fields_of(value)
    if fields is not None:
        return fields
    if _is(value, "enum", "Enum"):
        return value.value
    if isinstance(value, abc.Mapping):
        return dict(value)
    if _is(value, "datetime", "date", "time"):
        return value.isoformat()
    if _is(value, "pathlib", "PurePath") or _is(value, "decimal", "Decimal") or type(value).__module__ in ("uuid", "ipaddress"):
        return str(value)
    if callable(getattr(value, "item", None)) and getattr(value, "ndim", 0) == 0:
        item = value.item()  # scalars of numpy, pandas, torch
        if type(item) is not type(value):
            return item
    if type(value).__module__.split(".")[0] == "numpy" and callable(getattr(value, "tolist", None)):
        return value.tolist()
    hint = "; sort it into a list" if isinstance(value, (set, frozenset)) else "; return it with kind object"
    raise TypeError(f"{type(value).__module__}.{type(value).__qualname__} has no JSON form{hint}")


def to_json(value, what):
    """The JSON text of a value; what names it in a message."""
    options = {"default": _plain, "allow_nan": False, "compact": True}
    try:
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
        if "Out of range float" in str(e):
            raise Failure(f"{what} holds NaN or an infinity, which have no JSON form") from None
        raise Failure(f"{what} has no JSON form: {e}") from None
    except TypeError as e:
        raise Failure(f"{what} has no JSON form: {e}") from None


def pickle_to(value, path, what):
    try:
        import cloudpickle as pickler
    except ImportError:
        import pickle as pickler
    try:
        with open(path, "wb") as f:
            # Protocol 5 is read by every Python that we support, so steps may differ in theirs.
            pickler.dump(value, f, protocol=5)
    except OSError:
        raise
    except Exception as e:
        more = "" if pickler.__name__ != "pickle" else " (cloudpickle, where it is installed, takes more kinds of object)"
        raise Failure(f"{what} cannot be pickled: {describe(e)}{more}") from None


def unpickle(path, what):
    import pickle

    try:
        with open(path, "rb") as f:
            return pickle.load(f)
    except Exception as e:
        raise Failure(f"{what} cannot be unpickled: {describe(e)}") from None

"""Values cast by annotation. Loaded for functions that have annotations alone: what it imports costs milliseconds."""
import ast
import collections
import dataclasses
import datetime
import decimal
import enum
import inspect
import pathlib
import sys
import types
import typing
from collections import abc

from .bind import EMPTY
from .report import Failure, describe, listed
from .values import is_model

_Union = getattr(types, "UnionType", None)  # of int | None, Python 3.10 and later
_TRUE = {"true", "1", "yes", "on"}
_FALSE = {"false", "0", "no", "off", ""}


class Misfit(Exception):
    """A value that cannot become what the annotation says."""


# --- annotations ---------------------------------------------------------------------------------------------


class _Or(ast.NodeTransformer):
    """Writes a | b as Union[a, b], for strings of annotations in Python 3.9."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.BitOr):
            return node
        pair = ast.Tuple(elts=[node.left, node.right], ctx=ast.Load())
        return ast.Subscript(value=ast.Name(id="__rr_union", ctx=ast.Load()), slice=pair, ctx=ast.Load())


def _evaluate(text, scope):
    try:
        return eval(text, dict(scope))
    except TypeError:
        tree = ast.fix_missing_locations(_Or().visit(ast.parse(text, mode="eval")))
        return eval(compile(tree, "<annotation>", "eval"), {**scope, "__rr_union": typing.Union})


def annotations(function, parameters):
    """The annotation of each parameter, as far as it can be told; others are left out."""
    target = inspect.unwrap(function)
    if isinstance(target, type):
        target = target.__init__
    target = getattr(target, "__func__", target)
    scope = {**vars(typing), **getattr(target, "__globals__", {})}
    out = {}
    for p in parameters:
        a = p.annotation
        if a is EMPTY:
            continue
        if isinstance(a, str):
            try:
                a = _evaluate(a, scope)
            except Exception:  # a name that only a type checker sees
                continue
        out[p.name] = (a, scope)
    return out


# --- casts ---------------------------------------------------------------------------------------------------


def cast(value, want, scope=None, name="value"):
    """The value as the annotation wants it."""
    scope = scope or {}
    if isinstance(want, typing.ForwardRef):
        want = want.__forward_arg__
    if isinstance(want, str):
        try:
            want = _evaluate(want, scope)
        except Exception:
            return value
    if want is None or want is type(None):
        if value is None:
            return None
        raise Misfit("None is wanted")
    if want in (typing.Any, object, inspect.Parameter.empty) or isinstance(want, typing.TypeVar):
        return value
    if hasattr(want, "__supertype__"):  # NewType
        return cast(value, want.__supertype__, scope, name)
    if type(want).__name__ == "TypeAliasType":
        return cast(value, want.__value__, scope, name)
    origin = typing.get_origin(want)
    if origin is not None:
        return _cast_generic(value, want, origin, typing.get_args(want), scope, name)
    if not isinstance(want, type):
        return _call(want, value) if callable(want) else value
    return _cast_class(value, want, scope, name)


def _cast_generic(value, want, origin, args, scope, name):
    if origin is typing.Union or (_Union and origin is _Union):
        return _cast_union(value, args, scope, name)
    if origin is typing.Literal:
        for a in args:
            if type(a) is type(value) and a == value:
                return value
        for a in args:  # an enumeration's member or a number that arrived as text
            plain = a.value if isinstance(a, enum.Enum) else a
            if plain == value or str(plain) == str(value):
                return a
        raise Misfit(f"it must be one of {listed(repr(a) for a in args)}")
    if origin is typing.ClassVar or getattr(typing, "Final", None) is origin:
        return cast(value, args[0], scope, name) if args else value
    if getattr(origin, "__name__", "") == "Annotated" or hasattr(want, "__metadata__"):
        return cast(value, args[0], scope, name)
    if not isinstance(origin, type) or origin is abc.Callable or origin is type:
        return value
    if issubclass(origin, tuple):
        items = _items(value, want)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(cast(v, args[0], scope, name) for v in items)
        if args and args != ((),) and len(items) != len(args):
            raise Misfit(f"{len(args)} items are wanted, it has {len(items)}")
        return tuple(cast(v, a, scope, name) for v, a in zip(items, args)) if args else tuple(items)
    if issubclass(origin, abc.Mapping):
        if not isinstance(value, abc.Mapping):
            raise Misfit("a mapping is wanted")
        key, val = args if len(args) == 2 else (typing.Any, typing.Any)
        made = {cast(k, key, scope, name): cast(v, val, scope, name) for k, v in value.items()}
        if origin in (dict, abc.Mapping, abc.MutableMapping):
            return made
        if issubclass(origin, collections.defaultdict):
            return collections.defaultdict(None, made)
        return origin(made)
    if issubclass(origin, abc.Iterable):
        made = [cast(v, args[0] if args else typing.Any, scope, name) for v in _items(value, want)]
        if issubclass(origin, frozenset):
            return frozenset(made)
        if issubclass(origin, abc.Set):
            return set(made)
        return made if inspect.isabstract(origin) or origin is list else origin(made)
    return cast(value, origin, scope, name)


def _items(value, want):
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    raise Misfit("a list is wanted")


def _cast_union(value, args, scope, name):
    if value is None and (type(None) in args or None in args):
        return None
    args = [a for a in args if a is not type(None) and a is not None]
    for a in args:  # what fits as it is stays as it is
        base = typing.get_origin(a) or a
        if type(value) is base:
            return cast(value, a, scope, name) if base is not a else value
    order = sorted(args, key=lambda a: a is str)  # anything becomes a string: so that comes last
    why = []
    for a in order:
        try:
            return cast(value, a, scope, name)
        except Exception as e:
            why.append(str(e))
    raise Misfit("; ".join(w for w in why if w))


def _cast_class(value, want, scope, name):
    if want is bool:
        return _cast_bool(value)
    if isinstance(value, want) and not (isinstance(value, bool) and want is int):
        return value
    if is_model(want):
        data = value if isinstance(value, abc.Mapping) else {name: value}
        return want.model_validate(data) if hasattr(want, "model_validate") else want.parse_obj(data)
    if dataclasses.is_dataclass(want):
        if not isinstance(value, abc.Mapping):
            raise Misfit("a mapping is wanted")
        known = {f.name: f for f in dataclasses.fields(want) if f.init}
        inner = {**scope, **vars(sys.modules.get(want.__module__, types))}
        return want(**{k: cast(v, known[k].type, inner, k) for k, v in value.items() if k in known})
    if hasattr(want, "__attrs_attrs__") and isinstance(value, abc.Mapping):
        known = {a.name for a in want.__attrs_attrs__ if a.init}
        return want(**{k: v for k, v in value.items() if k in known})
    if issubclass(want, enum.Enum):
        try:
            return want(value)
        except ValueError:
            if isinstance(value, str) and value in want.__members__:
                return want[value]
            raise Misfit(f"it must be one of {listed(repr(m.value) for m in want)}") from None
    if issubclass(want, tuple) and hasattr(want, "_fields"):  # NamedTuple
        hints = getattr(want, "__annotations__", {})
        if isinstance(value, abc.Mapping):
            return want(**{k: cast(v, hints.get(k, typing.Any), scope, k) for k, v in value.items() if k in want._fields})
        return want(*[cast(v, hints.get(k, typing.Any), scope, k) for k, v in zip(want._fields, _items(value, want))])
    if issubclass(want, dict) and want is not dict:  # TypedDict is a dict as it is
        return value if hasattr(want, "__total__") else want(value)
    if want in (list, tuple, set, frozenset):
        return want(_items(value, want))
    if want in (datetime.datetime, datetime.date, datetime.time) and isinstance(value, str):
        return want.fromisoformat(value[:-1] + "+00:00" if value.endswith("Z") else value)
    if want is decimal.Decimal or (want.__module__, want.__name__) == ("uuid", "UUID"):
        return want(str(value))
    if want is pathlib.PurePath or want is pathlib.Path:
        return want(value)
    if getattr(want, "_is_protocol", False) or (inspect.isabstract(want) and want.__module__ == "collections.abc"):
        return value
    return _call(want, value)


def _call(want, value):
    if value is None and want in (int, float, complex, str, bytes):
        raise Misfit("it is null")
    return want(value)


def _cast_bool(value):
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        raise Misfit("it must be true or false")
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    raise Misfit("it must be true or false")


# --- arguments -----------------------------------------------------------------------------------------------


def argument(name, value, want, scope):
    """The value of a parameter as its annotation wants it."""
    try:
        return cast(value, want, scope, name)
    except Exception as e:
        why = str(e) if isinstance(e, Misfit) else describe(e)
        text = repr(value)
        if len(text) > 80:
            text = text[:80] + "…"
        kind = getattr(want, "__name__", None) if isinstance(want, type) else None
        kind = kind if kind and typing.get_origin(want) is None else str(want).replace("typing.", "")
        raise Failure(f'parameter "{name}" is {text}, which cannot become {kind}: {why}') from None

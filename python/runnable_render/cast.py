"""Values cast by annotation. Loaded for functions that have annotations alone: what it imports costs milliseconds."""
import collections
import datetime
import decimal
import enum
import inspect
import pathlib
import types
import typing
import uuid
from collections import abc

from . import arrays, hints, models, records, scalars
from .bind import EMPTY
from .records import at
from .report import Failure
from .scalars import EXACT, LAX, Fit, Misfit
from .values import Written, plain

_UNIONS = (typing.Union, getattr(types, "UnionType", typing.Union))  # the second of int | None, Python 3.10 and later
_QUALIFIERS = ("ClassVar", "Final", "InitVar", "Required", "NotRequired", "ReadOnly")
_SCALARS = {
    bool: scalars.to_bool,
    int: scalars.to_int,
    float: scalars.to_float,
    complex: scalars.to_complex,
    str: scalars.to_str,
    bytes: scalars.to_bytes,
    decimal.Decimal: scalars.to_decimal,
    datetime.datetime: scalars.to_datetime,
    datetime.date: scalars.to_date,
    datetime.time: scalars.to_time,
    datetime.timedelta: scalars.to_timedelta,
}
_FROM_TEXT = (uuid.UUID, pathlib.PurePath)
_NUMBERS = (bool, int, float, complex, decimal.Decimal)

annotations = hints.of_function


def cast(value, want, scope, fit):
    """The value as the annotation wants it."""
    want, scope = hints.resolve(want, scope)
    if want is None or want is type(None):
        if value is None:
            return None
        raise Misfit("null is wanted")
    if want is typing.Any or want is object or want is EMPTY or want is hints.UNKNOWN:
        fit.loosen(LAX)
        return plain(value)
    if isinstance(want, typing.TypeVar):
        return _variable(value, want, scope, fit)
    if hasattr(want, "__supertype__"):  # NewType
        return cast(value, want.__supertype__, scope, fit)
    if type(want).__name__ == "InitVar":
        return cast(value, want.type, scope, fit)
    origin = typing.get_origin(want)
    if origin is not None or hasattr(want, "__metadata__"):
        return _generic(value, want, origin, typing.get_args(want), scope, fit)
    if not isinstance(want, type):
        return plain(value)
    return _class(value, want, scope, fit)


def _variable(value, want, scope, fit):
    """A type variable: what it stands for here, else its bound or one of its constraints."""
    if want in scope.variables:
        return cast(value, scope.variables[want], scope, fit)
    if want.__constraints__:
        return _union(value, want.__constraints__, scope, fit)
    return cast(value, typing.Any if want.__bound__ is None else want.__bound__, scope, fit)


def _generic(value, want, origin, args, scope, fit):
    if hasattr(want, "__metadata__"):
        return _annotated(value, want, scope, fit)
    if models.decides(want):
        return models.validated(value, want, fit)
    if any(origin is u for u in _UNIONS):
        return _union(value, args, scope, fit)
    if origin is typing.Literal or getattr(origin, "_name", "") == "Literal":
        return scalars.to_literal(value, args, fit)
    if records.qualifier(want) in _QUALIFIERS:
        return cast(value, args[0] if args else typing.Any, scope, fit)
    if not isinstance(origin, type) or origin is type:
        return plain(value)
    if arrays.builds(origin):
        return arrays.build(plain(value), origin, arrays.dtype_of(want, scope.variables), fit)
    if _is_collection(origin):
        return _collection(value, origin, args, scope, fit)
    variables = getattr(origin, "__parameters__", ())
    return cast(value, origin, scope.filled(dict(zip(variables, args))), fit)


def _annotated(value, want, scope, fit):
    base = want.__origin__
    if models.is_kind(want):
        if base is str and fit.words and isinstance(value, (bool, int, float)):
            value = scalars.to_str(value, fit)
        return models.validated(value, want, fit)
    made = cast(value, base, scope, fit)
    for rule in want.__metadata__:
        models.constrain(made, rule)
    return made


# --- collections ---------------------------------------------------------------------------------------------


def _is_collection(want):
    return want in (list, tuple, set, frozenset, dict) or want.__module__ in ("collections", "collections.abc") and issubclass(want, abc.Iterable)


def _collection(value, want, args, scope, fit):
    if issubclass(want, abc.Mapping):
        return _mapping(value, want, args, scope, fit)
    if not isinstance(value, list):
        raise Misfit("a list is wanted")
    if issubclass(want, tuple):
        fit.loosen(LAX)
        return _tuple(value, args, scope, fit)
    item = args[0] if args else typing.Any
    made = [at(i, cast, v, item, scope, fit) for i, v in enumerate(value)] if item is not typing.Any else plain(value)
    if want is list or inspect.isabstract(want) and not issubclass(want, abc.Set):
        return made
    fit.loosen(LAX)
    try:
        return set(made) if inspect.isabstract(want) else want(made)
    except TypeError as e:  # an item that cannot be in a set
        raise Misfit(str(e)) from None


def _tuple(value, args, scope, fit):
    if not args:
        return tuple(plain(value))
    if len(args) == 2 and args[1] is Ellipsis:
        args = [args[0]] * len(value)
    elif args == ((),):
        args = ()
    if len(value) != len(args):
        raise Misfit(f"{len(args)} items are wanted, it has {len(value)}")
    return tuple(at(i, cast, v, a, scope, fit) for i, (v, a) in enumerate(zip(value, args)))


def _mapping(value, want, args, scope, fit):
    if not isinstance(value, abc.Mapping):
        raise Misfit("a mapping is wanted")
    if want is collections.Counter:
        args = (*args[:1], int)
    key, item = args if len(args) == 2 else (typing.Any, typing.Any)
    made = {at(k, cast, k, key, scope, Fit()): at(k, cast, v, item, scope, fit) for k, v in value.items()}
    if len(made) != len(value):
        raise Misfit("two of its keys become one")
    if want is dict or inspect.isabstract(want):
        return made
    fit.loosen(LAX)
    if issubclass(want, collections.defaultdict):
        factory = typing.get_origin(item) or item
        return want(factory if factory in (list, dict, set, int, float, str, bool) else None, made)
    return want(made)


def _union(value, args, scope, fit):
    """The member that fits best, as pydantic's smart mode has it: of records the one with the most fields, else the one
    that takes the value with the least change; of equals the first."""
    if value is None and any(a is None or a is type(None) for a in args):
        return None
    members = [hints.resolve(a, scope) for a in args]
    within = isinstance(value, (list, abc.Mapping))
    words = fit.words and not any(_takes_number(m, within) for m, _ in members)
    best, best_fit, why = None, None, []
    for member, where in members:
        if member is type(None) or member is None:
            continue
        one = Fit(words)
        try:
            made = cast(value, member, where, one)
        except Exception as e:
            why.append(e)
            continue
        if best_fit is None or _better(one, best_fit):
            best, best_fit = made, one
        if one.exact == EXACT and one.fields is None:
            break
    if best_fit is None:
        raise _deepest(why)
    fit.loosen(best_fit.exact)
    if best_fit.fields is not None:
        fit.fields = (fit.fields or 0) + best_fit.fields
    return best


def _takes_number(member, within):
    """Reports whether a member of a union takes numbers, or something within it does: then no other takes them as text."""
    if isinstance(member, type) and typing.get_origin(member) is None:
        return issubclass(member, _NUMBERS)
    return within and any(_takes_number(a, True) for a in typing.get_args(member))


def _better(one, other):
    if one.fields is not None and other.fields is not None and one.fields != other.fields:
        return one.fields > other.fields
    return one.exact > other.exact


def _deepest(why):
    """One misfit for those of all members of a union."""
    if len(why) == 1 and isinstance(why[0], Misfit):
        return why[0]
    texts = dict.fromkeys(models.reason(e) for e in why)
    return Misfit("; ".join(texts) or "null is not wanted")


# --- classes -------------------------------------------------------------------------------------------------


def _class(value, want, scope, fit):
    to = _SCALARS.get(want)
    if to is not None:
        return to(value, fit)
    if models.is_kind(want):
        return models.validated(value, want, fit)
    if issubclass(want, enum.Enum):
        return scalars.to_enum(value, want, fit)
    if arrays.builds(want):
        return arrays.build(plain(value), want, None, fit)
    if records.is_typed_dict(want):
        return records.typed_dict(value, want, scope, fit, cast)
    if records.is_record(want):
        return records.build(value, want, scope, fit, cast)
    if _is_collection(want):
        return _collection(value, want, (), scope, fit)
    if getattr(want, "_is_protocol", False):
        fit.loosen(LAX)
        return plain(value)
    return _other(value, want, fit)


def _other(value, want, fit):
    """A class of which nothing is known: one that comes from a known one takes what that takes; others are called."""
    for base, to in _SCALARS.items():
        if issubclass(want, base):
            return want(to(value, fit))
    value = plain(value)
    if isinstance(value, want):
        return value
    fit.loosen(LAX)
    if value is None:
        raise Misfit("it is null")
    if issubclass(want, _FROM_TEXT) and not isinstance(value, str):
        raise Misfit("text is wanted")
    if issubclass(want, (bytearray, memoryview)):
        return want(bytearray(scalars.to_bytes(value, fit)))
    return want(value)


# --- arguments -----------------------------------------------------------------------------------------------


def argument(name, value, written, want, scope):
    """The value of a parameter as its annotation wants it; written() is its JSON with the literals of its numbers."""
    label = want if isinstance(want, str) else _label(want)
    try:
        want, scope = hints.resolve(want, scope)
        if want is hints.UNKNOWN or want is typing.Any or want is object:
            return value
        made = arrays.fitting(value, want)
        if made is not None:
            return arrays.conformed(value, arrays.dtype_of(made, scope.variables))
        return cast(models.named(want, name, written()), want, scope, Fit())
    except Exception as e:
        text = shown(written())
        raise Failure(f'parameter "{name}" is {text}, which cannot become {label}: {models.reason(e)}') from None


def shown(value):
    """A value in a message."""
    text = value.text if type(value) is Written else repr(plain(value))
    return text if len(text) <= 80 else text[:80] + "…"


def _label(want):
    """An annotation as it is written in Python 3.10 and later."""
    if want is None or want is type(None):
        return "None"
    origin, args = typing.get_origin(want), typing.get_args(want)
    if isinstance(want, type) and origin is None:
        return want.__name__
    if hasattr(want, "__metadata__"):
        return _label(want.__origin__)
    if any(origin is u for u in _UNIONS):
        return " | ".join(_label(a) for a in args)
    if hasattr(origin, "__name__") and args and origin is not typing.Literal:
        return f"{origin.__name__}[{', '.join('...' if a is Ellipsis else _label(a) for a in args)}]"
    return str(want).replace("typing.", "")

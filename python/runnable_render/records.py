"""Mappings that become objects with fields: dataclasses, classes of attrs, named tuples, typed dictionaries."""
import inspect
import typing
from collections import abc

from . import hints, models
from .bind import EMPTY
from .report import listed, nearest
from .scalars import LAX, Misfit
from .values import plain


def is_record(want):
    return hasattr(want, "__dataclass_fields__") or hasattr(want, "__attrs_attrs__") or is_named_tuple(want)


def is_named_tuple(want):
    return issubclass(want, tuple) and hasattr(want, "_fields")


def is_typed_dict(want):
    return issubclass(want, dict) and hasattr(want, "__total__")


def build(value, want, scope, fit, cast):
    """An object of a class whose constructor takes the fields by name."""
    fit.loosen(LAX)
    takes = _takes(want)
    if is_named_tuple(want) and isinstance(value, (list, tuple)):
        if len(value) > len(takes):
            raise Misfit(f"{len(takes)} items are wanted, it has {len(value)}")
        value = dict(zip(takes, value))
    given = _mapping(value)
    types = hints.of_fields(want)
    others = [p for p in takes.values() if p.kind == p.VAR_KEYWORD]
    known = {n: p for n, p in takes.items() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
    unknown = [k for k in given if k not in known]
    if unknown and not others:
        raise Misfit(f'{want.__name__} has no field "{unknown[0]}"{nearest(unknown[0], known) or ";"} it has: {listed(known)}')
    missing = [n for n, p in known.items() if n not in given and p.default is p.empty]
    if missing:
        raise Misfit(f'field "{missing[0]}" of {want.__name__} is missing')
    made = {}
    for name, one in given.items():
        parameter = known.get(name)
        given_type = EMPTY if parameter is None or parameter.annotation is parameter.empty else parameter.annotation
        kind, where = types.get(name, (given_type, scope))
        made[name] = at(name, cast, one, kind, where.filled(scope.variables), fit)
    fit.fields = (fit.fields or 0) + len(given)
    return _called(want, made, known)


def _takes(want):
    try:
        return dict(inspect.signature(want).parameters)
    except (TypeError, ValueError):
        raise Misfit(f"{want.__name__} does not report which fields it has") from None


def _called(want, made, known):
    """Calls a constructor; parameters that take no name are given by place."""
    args = [made.pop(n) for n, p in known.items() if p.kind == p.POSITIONAL_ONLY and n in made]
    return want(*args, **made)


def _mapping(value):
    if not isinstance(value, abc.Mapping):
        raise Misfit("a mapping is wanted")
    return value


def at(key, cast, value, want, scope, fit):
    """cast, where a misfit says at which key it is."""
    try:
        return cast(value, want, scope, fit)
    except Misfit as e:
        e.where.append(key)
        raise
    except Exception as e:
        misfit = Misfit(models.reason(e))
        misfit.where.append(key)
        raise misfit from None


def typed_dict(value, want, scope, fit, cast):
    """A dictionary whose keys have types. Other keys stay: a typed dictionary may hold more than its type says."""
    given, made, types = _mapping(value), {}, _typed_keys(want, scope)
    for name, (_, _, required) in types.items():
        if required and name not in given:
            raise Misfit(f'key "{name}" of {want.__name__} is missing')
    for name, one in given.items():
        if name in types:
            kind, where, _ = types[name]
            made[name] = at(name, cast, one, kind, where, fit)
        elif getattr(want, "__closed__", None):
            raise Misfit(f'{want.__name__} has no key "{name}"{nearest(name, types) or ";"} it has: {listed(types)}')
        else:
            made[name] = plain(one)
    fit.fields = (fit.fields or 0) + sum(1 for n in given if n in types)
    return made


def _typed_keys(want, scope):
    """Each key with its type, scope, and whether it must be there."""
    out = {}
    for name, (kind, where) in hints.of_fields(want).items():
        required = name in getattr(want, "__required_keys__", (name,) if want.__total__ else ())
        where = where.filled(scope.variables)
        kind, where = hints.resolve(kind, where)
        while qualifier(kind) in ("Required", "NotRequired", "ReadOnly"):
            required = {"Required": True, "NotRequired": False}.get(qualifier(kind), required)
            kind, where = hints.resolve(typing.get_args(kind)[0] if typing.get_args(kind) else kind.__args__[0], where)
        out[name] = kind, where, required
    return out


def qualifier(want):
    """The name of what only says something of a field: Required, ClassVar and so on; typing_extensions has its own."""
    return getattr(typing.get_origin(want) or getattr(want, "__origin__", None), "_name", None)

"""Pydantic's kinds, recognised without importing it: whoever has one of them has imported it. Pydantic decides on these."""
import functools
import sys
import typing
from collections import abc

from .report import describe
from .scalars import LAX, Misfit
from .values import is_model, plain

_ITS_PACKAGES = ("pydantic", "pydantic_core", "pydantic_extra_types")


def is_kind(want):
    """Reports whether an annotation, whatever stands in its brackets, is pydantic's."""
    if "pydantic" not in sys.modules:
        return False
    if hasattr(want, "__metadata__"):
        return is_kind(want.__origin__) or any(_is_rule(m) for m in want.__metadata__)
    return is_model(want) or any(hasattr(want, n) for n in ("__pydantic_validator__", "__get_pydantic_core_schema__", "__get_validators__")) or _is_its(want)


def _is_its(thing):
    return (getattr(thing, "__module__", None) or "").partition(".")[0] in _ITS_PACKAGES


def _is_rule(rule):
    return _is_its(type(rule)) or hasattr(rule, "__get_pydantic_core_schema__") or type(rule).__module__ == "annotated_types"


def decides(want):
    """Reports whether something in an annotation is pydantic's, and all of it is something that pydantic can check."""
    return "pydantic" in sys.modules and _mentions(want) and _adapter(want) is not None


def _mentions(want):
    return is_kind(want) or any(_mentions(a) for a in typing.get_args(want) if not isinstance(a, (str, list)))


def _adapter(want):
    try:
        return _kept_adapter(want)
    except TypeError:  # it has no hash
        return _new_adapter(want)


def _new_adapter(want):
    pydantic = sys.modules["pydantic"]
    if not hasattr(pydantic, "TypeAdapter"):  # version 1
        return None
    try:
        return pydantic.TypeAdapter(want)
    except Exception:  # a type that it does not know, or a name that only a type checker sees
        return None


_kept_adapter = functools.lru_cache(maxsize=256)(_new_adapter)


def validated(value, want, fit):
    """What pydantic makes of a value, which it is asked to take as Python's values, in lax mode."""
    fit.loosen(LAX)
    data = plain(value)
    if is_model(want) and not hasattr(want, "model_validate"):
        return want.parse_obj(data)
    adapter = _adapter(want)
    if adapter is None:
        return sys.modules["pydantic"].parse_obj_as(want, data)
    data = _as_input(want, data)
    try:
        made = adapter.validate_python(data)
    except ValueError as e:
        made = _strict(adapter, data, e)
    fields = getattr(made, "model_fields_set", None)
    if fields is not None:
        fit.fields = (fit.fields or 0) + len(fields)
    return made


def _strict(adapter, data, failure):
    """Where a model is strict, a date may come as text from JSON, and nowhere else."""
    from . import plainjson

    try:
        return adapter.validate_json(plainjson.dumps(data))
    except ValueError:
        raise failure from None


def named(want, name, value):
    """An argument that is a model may be given the value of the one field that has its name."""
    if is_model(want) and not isinstance(value, abc.Mapping) and name in _fields(want):
        return {name: value}
    return value


def _fields(cls):
    return getattr(cls, "model_fields", None) or getattr(cls, "__fields__", {})


def _as_input(want, value):
    """What a model was written as, as that model reads it: under the names that it reads, without what it computes."""
    if hasattr(want, "__metadata__"):
        return _as_input(want.__origin__, value)
    args = [a for a in typing.get_args(want) if a is not type(None) and a is not Ellipsis]
    if isinstance(value, list) and args:
        return [_as_input(args[0], v) for v in value] if len(args) == 1 else value
    if not isinstance(value, abc.Mapping):
        return value
    if args:
        of_values = args[1] if len(args) == 2 and issubclass(typing.get_origin(want) if isinstance(typing.get_origin(want), type) else object, abc.Mapping) else None
        if of_values is not None:
            return {k: _as_input(of_values, v) for k, v in value.items()}
        return _as_input(args[0], value) if len(args) == 1 else value
    if not (is_model(want) and hasattr(want, "model_validate")) or hasattr(want, "__pydantic_root_model__") and want.__pydantic_root_model__:
        return value
    out = dict(value)
    for name, field in _fields(want).items():
        key = _key_of(name, field, want.model_config, out)
        if key in out:
            out[key] = _as_input(field.annotation, out[key])
    if want.model_config.get("extra") == "forbid":
        for name, computed in want.model_computed_fields.items():
            out.pop(computed.alias or name, None)
    return out


def _key_of(name, field, config, given):
    """The key under which a field is read; what is there under the key that it was written by, moves."""
    alias = field.validation_alias
    reads = [alias] if isinstance(alias, str) else [a for a in getattr(alias, "choices", ()) if isinstance(a, str)]
    if alias is None or config.get("populate_by_name") or config.get("validate_by_name"):
        reads.append(name)
    for key in reads:
        if key in given:
            return key
    if not reads:
        return name
    for key in (field.serialization_alias, name):
        if key in given:
            given[reads[0]] = given.pop(key)
            break
    return reads[0]


# --- complaints ----------------------------------------------------------------------------------------------


def reason(e):
    """Why a value does not fit, in a line."""
    if isinstance(e, Misfit):
        place = "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in reversed(e.where)).lstrip(".")
        return f"at {place}: {e}" if place else str(e)
    if _is_its(type(e)) and callable(getattr(e, "errors", None)):
        told = e.errors()
        lines = [_place(t["loc"]) + t["msg"] for t in told[:5]]
        return "; ".join(lines) + (f"; and {len(told) - 5} more" if len(told) > 5 else "")
    return describe(e)


def _place(loc):
    place = "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in loc if k != "__root__").lstrip(".")
    return f"at {place}: " if place else ""


# --- rules where pydantic is not imported ----------------------------------------------------------------------

_BOUNDS = {
    "gt": (lambda v, b: v > b, "greater than"),
    "ge": (lambda v, b: v >= b, "at least"),
    "lt": (lambda v, b: v < b, "less than"),
    "le": (lambda v, b: v <= b, "at most"),
    "multiple_of": (lambda v, b: v % b == 0, "a multiple of"),
}
_LENGTHS = {"min_length": (lambda n, b: n >= b, "at least"), "max_length": (lambda n, b: n <= b, "at most")}


def constrain(value, rule):
    """Holds a value against a rule of package annotated_types; any other is somebody else's business."""
    if type(rule).__module__ != "annotated_types":
        return
    for name, (holds, words) in _BOUNDS.items():
        bound = getattr(rule, name, None)
        if bound is not None and not holds(value, bound):
            raise Misfit(f"it must be {words} {bound}")
    for name, (holds, words) in _LENGTHS.items():
        bound = getattr(rule, name, None)
        if bound is not None and not holds(len(value), bound):
            raise Misfit(f"its length must be {words} {bound}")
    if type(rule).__name__ == "Predicate" and not rule.func(value):
        raise Misfit(f"{getattr(rule.func, '__name__', 'its predicate')} does not hold for it")

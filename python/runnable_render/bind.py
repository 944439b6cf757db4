"""Arguments by name from what is visible."""
import sys

from .report import Failure, listed, nearest
from .values import from_json, from_json_as_written

# The kinds of parameters, as inspect numbers them, and the flags of code that has the last two.
POSITIONAL_ONLY, POSITIONAL_OR_KEYWORD, VAR_POSITIONAL, KEYWORD_ONLY, VAR_KEYWORD = range(5)
_HAS_ARGS, _HAS_KEYWORDS = 0x04, 0x08
_Function = type(lambda: None)
EMPTY = object()  # no default, no annotation


def _lenient():
    """How inspect is asked for a signature whose annotations may use names that only a type checker sees."""
    if sys.version_info < (3, 14):
        return {}
    import annotationlib

    return {"annotation_format": annotationlib.Format.FORWARDREF}


class Parameter:
    __slots__ = ("name", "kind", "default", "annotation")

    def __init__(self, name, kind, default, annotation):
        self.name, self.kind, self.default, self.annotation = name, kind, default, annotation


class Bound:
    def __init__(self):
        self.args, self.kwargs = [], {}


def bind(function, label, visible, inputs):
    """The arguments of a call.

    visible has names(), get(name) -> (value, is_object) and written(name), its JSON with the literals of its numbers;
    inputs is a list of {arg, from: [names], list} and {arg, value}.
    """
    parameters = _parameters(function, label)
    hints = _annotations(function, parameters)
    out = Bound()
    fixed = _inputs(label, visible, inputs)
    takes = {p.name for p in parameters if p.kind not in (VAR_POSITIONAL, VAR_KEYWORD)}
    rest_of = [p for p in parameters if _takes_rest(p, hints)]
    open_ended = any(p.kind == VAR_KEYWORD for p in parameters)
    for arg in fixed:
        if arg not in takes and not open_ended:
            raise Failure(f'inputs names "{arg}", which {label} does not take; it takes {listed(takes)}{nearest(arg, takes)}')

    names = visible.names()
    given, missing = {}, []
    for p in parameters:
        if p.kind == VAR_POSITIONAL or p in rest_of:
            continue
        if p.name in fixed:
            given[p.name] = fixed[p.name]
        elif p.name in names:
            given[p.name] = _Given(*visible.get(p.name), lambda n=p.name: visible.written(n))
        elif p.default is EMPTY:
            missing.append(p.name)
    if missing:
        subject = " and ".join(f'"{m}"' for m in missing)
        verb = "is" if len(missing) == 1 else "are"
        hint = nearest(missing[0], names)
        raise Failure(f"{label} needs {subject}, which {verb} not visible here{hint or ';'} visible are: {listed(names)}")
    rest = _rest(visible, {k: g.value for k, g in fixed.items() if k not in given}, given) if rest_of else {}

    for p in parameters:
        if p in rest_of:
            value = rest if p.kind == VAR_KEYWORD else hints[p.name][0](**rest)
        elif p.name in given:
            value = given[p.name].cast(p.name, hints)
        elif p.kind == POSITIONAL_ONLY:
            value = p.default
        else:
            continue
        if p.kind == POSITIONAL_ONLY:
            out.args.append(value)
        elif p.kind == VAR_KEYWORD:
            out.kwargs.update(value)
        else:
            out.kwargs[p.name] = value
    return out


class _Given:
    """A value for a parameter, and what tells its JSON with the literals of its numbers."""

    __slots__ = ("value", "is_object", "written")

    def __init__(self, value, is_object, written):
        self.value, self.is_object, self.written = value, is_object, written

    def cast(self, name, hints):
        if self.is_object or name not in hints:
            return self.value
        from . import cast

        return cast.argument(name, self.value, self.written, *hints[name])


def _rest(visible, rest, given):
    """What no parameter of its own takes."""
    for n in visible.names():
        if n not in given and n not in rest:
            rest[n] = visible.get(n)[0]
    return rest


def _parameters(function, label):
    """The parameters of a function. A plain function is read from its code: inspect takes longer to import than all
    else that a small task does."""
    if type(function) is not _Function or function.__dict__:
        import inspect

        try:
            given = inspect.signature(function, **_lenient()).parameters.values()
        except (TypeError, ValueError):
            raise Failure(f"{label} does not report which arguments it takes", kind="error") from None
        none = inspect.Parameter.empty
        return [Parameter(p.name, int(p.kind), *(EMPTY if v is none else v for v in (p.default, p.annotation))) for p in given]
    code, notes = function.__code__, _notes(function)
    plain, only = code.co_argcount, code.co_kwonlyargcount
    kinds = [POSITIONAL_ONLY] * code.co_posonlyargcount + [POSITIONAL_OR_KEYWORD] * (plain - code.co_posonlyargcount)
    kinds += [KEYWORD_ONLY] * only
    names = list(code.co_varnames[: plain + only])
    defaults = dict(zip(reversed(names[:plain]), reversed(function.__defaults__ or ())))
    defaults.update(function.__kwdefaults__ or {})
    rest = list(code.co_varnames[plain + only :])
    if code.co_flags & _HAS_ARGS:
        names.insert(plain, rest.pop(0))
        kinds.insert(plain, VAR_POSITIONAL)
    if code.co_flags & _HAS_KEYWORDS:
        names.append(rest.pop(0))
        kinds.append(VAR_KEYWORD)
    return [Parameter(n, k, defaults.get(n, EMPTY), notes.get(n, EMPTY)) for n, k in zip(names, kinds)]


def _notes(function):
    """The annotations of a function. Python 3.14 evaluates them when they are asked for, and some only for a type checker."""
    try:
        return function.__annotations__
    except Exception:
        import annotationlib

        return annotationlib.get_annotations(function, format=annotationlib.Format.FORWARDREF)


def _annotations(function, parameters):
    """The annotation of each parameter that has one, with the names that it may use."""
    if all(p.annotation is EMPTY for p in parameters):
        return {}
    from . import cast

    return cast.annotations(function, parameters)


def _takes_rest(p, hints):
    return p.kind == VAR_KEYWORD or _is_namespace(hints.get(p.name, (None,))[0])


def _is_namespace(want):
    """argparse.Namespace, told without importing argparse: who annotates with it has imported it."""
    return isinstance(want, type) and (want.__module__, want.__name__) == ("argparse", "Namespace")


def _inputs(label, visible, inputs):
    """What the definition's `inputs` gives to arguments, by their names."""
    fixed, names = {}, visible.names()
    for i in inputs:
        if "value" in i:
            fixed[i["arg"]] = _Given(from_json(i["value"]), False, lambda text=i["value"]: from_json_as_written(text))
            continue
        values, is_object = [], False
        for n in i["from"]:
            if n not in names:
                raise Failure(
                    f'inputs binds "{i["arg"]}" of {label} to "{n}", which is not visible here'
                    f"{nearest(n, names) or ';'} visible are: {listed(names)}"
                )
            value, obj = visible.get(n)
            values.append(value)
            is_object = is_object or obj
        fixed[i["arg"]] = _Given(values if i["list"] else values[0], is_object, lambda i=i: _written(visible, i))
    return fixed


def _written(visible, one):
    values = [visible.written(n) for n in one["from"]]
    return values if one["list"] else values[0]

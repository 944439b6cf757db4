"""Loads the function, calls it, splits what it returns."""
import os
import sys

import _collections_abc as abc  # collections.abc, without the rest of collections

from . import modules, values
from .bind import Bound, bind
from .report import OURS, Failure, describe, listed, nearest, print_traceback


def load(dotted):
    """The function that module.function names, or module.Class.method."""
    parts = dotted.split(".")
    if len(parts) < 2 or not all(parts):
        raise Failure(f'"{dotted}" is not a function: write module.function', kind="error")
    own = modules.own.split(dotted)
    if own is not None:
        return _attribute(sys.modules.get(own[0]) or _imported(own[0]), own[1])
    module = sys.modules.get(".".join(parts[:-1]))
    if module is not None:
        return _attribute(module, parts[-1:])
    for cut in range(len(parts) - 1, 0, -1):
        name = ".".join(parts[:cut])
        try:
            return _attribute(_imported(name), parts[cut:])
        except ModuleNotFoundError as e:
            if cut > 1 and e.name == name:
                continue  # the last part may be a class
            raise Failure(f'cannot import "{dotted.rpartition(".")[0]}": no module named "{e.name}"; searched: {_path()}', kind="error") from None
    raise AssertionError("unreachable")


def _imported(name):
    """A module. ModuleNotFoundError says that it, or a package around it, is not there; whatever else fails, why."""
    try:
        __import__(name)
        return sys.modules[name]
    except ModuleNotFoundError as e:
        if e.name is not None and (name == e.name or name.startswith(e.name + ".")):
            raise
        raise _import_failure(name, e) from None
    except SystemExit as e:
        raise Failure(f'importing "{name}" ended the process: SystemExit({e.code!r})', kind="error") from None
    except Exception as e:
        raise _import_failure(name, e) from None


def _import_failure(name, e):
    print_traceback(e)
    where = f"; searched: {_path()}" if isinstance(e, ImportError) else ""
    return Failure(f'cannot import "{name}": {describe(e)}{where}', kind="error")


def _path():
    own = os.path.dirname(OURS)
    return listed(p or "." for p in sys.path if p != own)


def _attribute(module, names):
    found, label = module, module.__name__
    for n in names:
        if not hasattr(found, n):
            known = [k for k, v in vars(found).items() if callable(v) and not k.startswith("_")]
            where = getattr(module, "__file__", None)
            raise Failure(f'"{label}" has no function "{n}"{nearest(n, known)}' + (f" ({where})" if where else ""), kind="error")
        found, label = getattr(found, n), f"{label}.{n}"
    if not callable(found):
        raise Failure(f'"{label}" is a {type(found).__name__}, not a function', kind="error")
    return found


def run(request, visible, out_path):
    """Runs one task and returns its answer."""
    function = load(request["function"])
    label = request["function"].rpartition(".")[2] + "()"
    if "spread" in request:  # a reducer: f(*values)
        bound = Bound()
        bound.args = [visible.get(n)[0] for n in request["spread"]]
    else:
        try:
            bound = bind(function, label, visible, request["inputs"])
        finally:
            visible.tell(visible.asked)
    returned = function(*bound.args, **bound.kwargs)
    if not isinstance(returned, _DONE):
        returned = _awaited(returned, request, label)
    made = []
    for i, (name, value, entry) in enumerate(split(request["returns"], returned, label)):
        made.append(values.returned(value, name, entry["kind"], out_path(i), f'return "{name}" of {label}'))
    return {"returns": made}


_DONE = (type(None), bool, int, float, str, list, tuple, dict)  # nothing of these is still to be awaited


def _awaited(returned, request, label):
    """What an async function or generator comes to; anything else as it is."""
    import inspect

    if inspect.isasyncgen(returned):
        work = _last_event(returned, request["stream_end"] or "done", bool(request["returns"]), label)
    elif inspect.isawaitable(returned):
        work = _await(returned)
    else:
        return returned
    import asyncio  # large, and seldom needed

    return asyncio.run(work)


async def _await(awaitable):
    return await awaitable


async def _last_event(events, end, wants, label):
    """An async generator streams events; the one of type `end` holds the returns: its other values, in order."""
    from .events import Listener

    result, seen, listener = None, False, Listener(label)
    async for event in events:
        await listener.tell(event)
        if isinstance(event, abc.Mapping) and event.get("type") == end:
            seen = True
            rest = [v for k, v in event.items() if k != "type"]
            result = rest[0] if len(rest) == 1 else tuple(rest)
    if wants and not seen:
        raise Failure(f'{label} ended without an event of type "{end}"')
    return result


def split(entries, returned, label):
    """(name, value, entry) of each entry of `returns` (SEMANTICS 3)."""
    if not entries:
        return []
    names = [e["name"] for e in entries]
    if len(entries) == 1:
        e = entries[0]
        value = _key(returned, e["key"], label) if e["key"] else returned
        return [(e["name"], value, e)]
    if isinstance(returned, tuple):
        if len(returned) != len(entries):
            raise Failure(f"returns names {len(names)} values ({listed(names)}), {label} returned a tuple of {len(returned)}")
        pairs = zip(entries, returned)
        return [(e["name"], _key(v, e["key"], label) if e["key"] else v, e) for e, v in pairs]
    holder = _holder(returned)
    if holder is None:
        kind = "nothing" if returned is None else f"a {type(returned).__name__}"
        raise Failure(
            f"returns names {len(names)} values ({listed(names)}), {label} returned {kind}; "
            "return a tuple of that length or a mapping with those keys"
        )
    return [(e["name"], _key(holder, e["key"] or e["name"], label), e) for e in entries]


def _holder(returned):
    if isinstance(returned, abc.Mapping):
        return returned
    return values.fields_of(returned)


def _key(returned, key, label):
    holder = _holder(returned)
    if holder is None:
        raise Failure(f'returns takes key "{key}", {label} returned a {type(returned).__name__} and no mapping')
    if key not in holder:
        known = [str(k) for k in holder]
        raise Failure(f'{label} returned a mapping without "{key}"{nearest(key, known) or ";"} it holds: {listed(known)}')
    return holder[key]

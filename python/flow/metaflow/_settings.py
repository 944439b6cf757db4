"""What decorators of a step come to as settings of a task."""
import math
from collections.abc import Mapping

from runnable._errors import DefinitionError
from runnable._places import Place

from ._decorators import decorator_of
from ._graph import assigned_at
from ._secrets import is_inline, variables

# What @kubernetes and @batch say that a rendered step has; the rest is told of and left to the target's configuration.
_AMOUNTS = {"cpu": "cpu", "memory": "memory", "gpu": "gpu", "disk": "disk", "shared_memory": "shm"}
_UNITS = {"memory": "M", "disk": "M", "shm": "Mi"}  # Metaflow's amounts are bare numbers
_CARRIED = (*_AMOUNTS, "image", "extended_resources")
_MOST_RETRIES = 4


def settings(n, flow):
    """The keys of a task that the decorators of a step give. What the Python side needs to know goes into flow."""
    out = {}
    env = decorator_of(n.function, "environment")
    if env is not None and env.attributes.get("vars"):
        out["env"] = {str(k): str(v) for k, v in _of_type(env, "vars", Mapping, "a dict of variables").items()}
    retry = decorator_of(n.function, "retry")
    if retry is not None:
        out.update(_retry(retry, flow))
    timeout = decorator_of(n.function, "timeout")
    if timeout is not None:
        out["timeout"] = _seconds(timeout)
    catch = decorator_of(n.function, "catch")
    if catch is not None:
        if n.kind in ("foreach", "switch"):
            raise _refused(catch, f'@catch is on step "{n.name}", which is a {n.kind}: what follows depends on its result. Move the code that may fail into a step before it')
        flow["catch"] = {"var": _of_type(catch, "var", str, "the name of an artifact"), "print": bool(catch.attributes.get("print_exception", True))}
    secrets = decorator_of(n.function, "secrets")
    if secrets is not None:
        _secrets(secrets, out, n.name)
    _machine(n, out)
    return out


def allows_nothing(cls, step):
    """Whether the foreach of a step may go over nothing, by the attribute empty_foreach of the flow: True, or the steps."""
    allowed = getattr(cls, "empty_foreach", False)
    return step in allowed if isinstance(allowed, (list, tuple, set, frozenset)) else allowed is True


def check_allowed(graph):
    """Refuses an attribute empty_foreach that allows nothing."""
    allowed = getattr(graph.cls, "empty_foreach", False)
    if allowed is True or allowed is False:
        return
    if not isinstance(allowed, (list, tuple, set, frozenset)):
        raise DefinitionError(f"empty_foreach is {_type_of(allowed)}; write True, or a list of the steps whose foreach may go over nothing", "RR0722", assigned_at(graph.cls, "empty_foreach"))
    for name in allowed:
        if name not in graph.nodes or graph.nodes[name].kind != "foreach":
            raise DefinitionError(f"empty_foreach names {name!r}, which is no step with a foreach", "RR0722", assigned_at(graph.cls, "empty_foreach"))


def _retry(retry, flow):
    times = _whole(retry, "times", 3)
    if not 0 <= times <= _MOST_RETRIES:
        raise _refused(retry, f"@retry(times={times}): there are at most {_MOST_RETRIES} retries in Metaflow, and at least 0")
    if not times:
        return {}
    flow["retries"] = times
    out = {"limit": times}
    if "minutes_between_retries" in retry.attributes:
        minutes = _number(retry, "minutes_between_retries")
        if minutes:
            out["backoff"] = {"duration": minutes * 60}
    return {"retry": out}


def _seconds(timeout):
    total = _whole(timeout, "hours", 0) * 3600 + _whole(timeout, "minutes", 0) * 60 + _whole(timeout, "seconds", 0)
    if total <= 0:
        raise _refused(timeout, "@timeout gives no time; write @timeout(seconds=…), minutes or hours")
    return total


def _whole(decorator, name, default):
    try:
        return int(decorator.attributes.get(name, default))
    except (TypeError, ValueError, OverflowError):
        raise _refused(decorator, f"@{decorator.name}({name}={decorator.attributes[name]!r}) is not a whole number") from None


def _number(decorator, name):
    value = decorator.attributes[name]
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not 0 <= number < math.inf:
        raise _refused(decorator, f"@{decorator.name}({name}={value!r}) is not a number of 0 or more")
    return number


def _of_type(decorator, name, kind, what):
    """An attribute that has to be of a type, or None."""
    value = decorator.attributes.get(name)
    if value is not None and not isinstance(value, kind):
        raise _refused(decorator, f"@{decorator.name}({name}=…) is not {what} but {_type_of(value)}")
    return value


def _type_of(value):
    """What a value is. What it holds may be a secret."""
    name = type(value).__name__
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _secrets(secrets, out, step):
    for s in _of_type(secrets, "sources", (list, tuple), "a list of sources") or []:
        if is_inline(s) and isinstance(variables(s), dict):
            continue  # they stay in the file: inline_secrets sets them in the step
        if isinstance(s, str) and s.isidentifier():
            out.setdefault("secrets", []).append(s)
        else:
            source = repr(s) if isinstance(s, str) else _type_of(s)
            raise _refused(secrets, f'step "{step}" takes secrets from {source}, which runnable-render cannot read; name the variable that holds the secret, as in @secrets(sources=["API_KEY"]), and give it by the environment, a dotenv file or a Secret of the cluster')


def _machine(n, out):
    """Of @resources, @kubernetes and @batch the larger amount counts."""
    amounts, extended = {}, {}
    for name in ("resources", "kubernetes", "batch"):
        d = decorator_of(n.function, name)
        if d is None:
            continue
        for key, ours in _AMOUNTS.items():
            if d.attributes.get(key) is not None:
                amounts[ours] = max(amounts.get(ours, 0), _number(d, key))
        extended.update(_of_type(d, "extended_resources", Mapping, "a dict of numbers") or {})
        if d.attributes.get("image"):
            out["image"] = str(d.attributes["image"])
    resources = {k: _amount(k, v) for k, v in amounts.items() if v}
    if extended:
        resources["extended"] = {str(k): str(v) for k, v in extended.items()}
    if resources:
        out["resources"] = resources


def _amount(key, value):
    text = f"{value:g}" if value != int(value) else str(int(value))
    return text + _UNITS.get(key, "")


def left_out(n):
    """(decorator, attributes) of what @kubernetes, @batch and @resources say and nothing carries."""
    for name in ("resources", "kubernetes", "batch"):
        d = decorator_of(n.function, name)
        if d is not None:
            more = [k for k, v in d.attributes.items() if k not in _CARRIED and v is not None]
            if more:
                yield d, more


def _refused(decorator, text):
    return DefinitionError(text, "RR0722", Place(decorator.file, decorator.line) if decorator.file else None)


"""Arguments of the constructors, checked where they are given."""
import re

from ._errors import DefinitionError, listed, near

KINDS = ("json", "text", "metric", "object")


class TaskReturns:
    """One value that a task returns: its name, its kind, and the key of the returned mapping that holds it."""

    def __init__(self, *, name, kind="json", key=""):
        if not isinstance(name, str) or not name:
            raise DefinitionError(f"the name of a return must be text, not {describe(name)}")
        if kind not in KINDS:
            raise DefinitionError(f'"{name}" cannot be returned as "{kind}"{near(str(kind), KINDS) or "; the kinds are " + listed(KINDS)}')
        self.name, self.kind, self.key = name, kind, key


def json(name, key=""):
    """Returns a value as JSON; so does a bare name."""
    return TaskReturns(name=name, kind="json", key=key)


def text(name, key=""):
    """Returns text that is never decoded."""
    return TaskReturns(name=name, kind="text", key=key)


def metric(name, key=""):
    """Returns a value as JSON that reports show as a metric."""
    return TaskReturns(name=name, kind="metric", key=key)


def pickled(name, key=""):
    """Returns a Python object, pickled."""
    return TaskReturns(name=name, kind="object", key=key)


class Catalog:
    """The files that a step gets before it runs and puts when it is done."""

    def __init__(self, *, get=(), put=(), store_copy=True):
        self.get, self.put = names(get, "get"), names(put, "put")
        self.store_copy = flag(store_copy, "store_copy")


_TYPES = {str: "str", int: "int", float: "float", bool: "bool", list: "list", dict: "object"}
_TYPE_NAMES = (*_TYPES.values(), "file")


class Parameter:
    """An initial parameter that the pipeline takes: its type (str, int, float, bool, list, dict, or "file" for the content
    of a file), the value where none is given, and what values it may have."""

    def __init__(self, type=None, *, default=..., help="", required=False, choices=None, minimum=None, maximum=None):
        named = _TYPES.get(type, type) if type is None or _hashable(type) else type
        if named is not None and named not in _TYPE_NAMES:
            raise DefinitionError(f"the type of a parameter is one of {listed(_TYPE_NAMES)}, not {describe(type)}{near(str(type), _TYPE_NAMES)}")
        self.type, self.help, self.required = named or "", word(help, "help"), flag(required, "required")
        self.default = default if default is ... else json_value(default, "default")
        if choices is not None and (not isinstance(choices, (list, tuple)) or not choices):
            raise DefinitionError(f"choices must be a list of values, not {describe(choices)}")
        self.choices = [json_value(c, "choices") for c in choices or ()]
        self.minimum, self.maximum = _bound(minimum, "minimum"), _bound(maximum, "maximum")


def _hashable(value):
    return getattr(type(value), "__hash__", None) is not None


def _bound(value, what):
    if value is None or isinstance(value, (int, float)) and not isinstance(value, bool):
        return json_value(value, what)
    raise DefinitionError(f"{what} must be a number, not {describe(value)}")


def parameters(value):
    """The declared parameters by name."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DefinitionError(f'parameters must be a mapping such as {{"rate": Parameter(float, default=0.1)}}, not {describe(value)}')
    out, keys = {}, ("type", "default", "help", "required", "choices", "minimum", "maximum")
    for name, one in value.items():
        word(name, "the name of a parameter", optional=False)
        if isinstance(one, type) or isinstance(one, str):
            one = Parameter(one)
        elif isinstance(one, dict):
            unknown = [k for k in one if k not in keys]
            if unknown:
                raise DefinitionError(f'parameters["{name}"] has no key "{unknown[0]}"{near(str(unknown[0]), keys) or "; it accepts " + listed(keys)}')
            one = Parameter(**one)
        if not isinstance(one, Parameter):
            raise DefinitionError(f'parameters["{name}"] must be a Parameter, a type or a mapping, not {describe(one)}')
        out[name] = one
    return out


def describe(value):
    """A value in a message."""
    if isinstance(value, str):
        return f'the text "{value}"' if len(value) <= 40 else "a text"
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    return f"a {type(value).__name__}"


def names(value, what):
    """A list of text."""
    if isinstance(value, str):
        raise DefinitionError(f'{what} must be a list: write {what}=["{value}"]')
    if not isinstance(value, (list, tuple)):
        raise DefinitionError(f"{what} must be a list of text, not {describe(value)}")
    for v in value:
        if not isinstance(v, str):
            raise DefinitionError(f"{what} must be a list of text, and holds {describe(v)}")
    return list(value)


def flag(value, what):
    if not isinstance(value, bool):
        raise DefinitionError(f"{what} must be True or False, not {describe(value)}")
    return value


def word(value, what, optional=True):
    """Text, "" for what is not given."""
    if value is None and optional:
        return ""
    if not isinstance(value, str) or not (value or optional):
        raise DefinitionError(f"{what} must be text, not {describe(value) if value != '' else 'empty'}")
    return value


def count(value, what, least):
    if isinstance(value, bool) or not isinstance(value, int):
        raise DefinitionError(f"{what} must be a whole number, not {describe(value)}")
    if value < least:
        raise DefinitionError(f"{what} must be at least {least}, not {value}")
    return value


def returns(value):
    """Names and TaskReturns, as TaskReturns."""
    if isinstance(value, (str, TaskReturns)):
        raise DefinitionError("returns must be a list" + (f': write returns=["{value}"]' if isinstance(value, str) else ": put [ ] around it"))
    if not isinstance(value, (list, tuple)):
        raise DefinitionError(f"returns must be a list of names, not {describe(value)}")
    out = []
    for v in value:
        if isinstance(v, TaskReturns):
            out.append(v)
        elif isinstance(v, str):
            out.append(TaskReturns(name=v))
        elif isinstance(v, dict) and "name" in v and set(v) <= {"name", "kind", "key"}:
            out.append(TaskReturns(**v))
        else:
            raise DefinitionError(f"returns must be a list of names, or of json(), text(), metric() and pickled(), and holds {describe(v)}")
    return out


def inputs(value):
    """What the arguments of a function are bound to: a list of mappings as the recorded form has them."""
    if value is None:
        return []
    if not isinstance(value, dict):
        raise DefinitionError(f'inputs must be a mapping such as {{"argument": "parameter"}}, not {describe(value)}')
    out = []
    for arg, to in value.items():
        if isinstance(to, str):
            out.append({"arg": arg, "from": [to]})
        elif isinstance(to, (list, tuple)):
            out.append({"arg": arg, "from": names(to, f'inputs["{arg}"]'), "list": True})
        elif isinstance(to, dict) and list(to) == ["value"]:
            out.append({"arg": arg, "value": json_value(to["value"], f'inputs["{arg}"]')})
        else:
            raise DefinitionError(
                f'inputs["{arg}"] must be the name of a parameter, a list of names, or {{"value": ...}} for the value itself, not {describe(to)}'
            )
    return out


def bindings(value):
    """What the parameters of a nested pipeline are bound to. A list holds names that are the same inside and outside."""
    if isinstance(value, (list, tuple)):
        return [{"arg": name, "from": [name]} for name in names(value, "inputs")]
    return inputs(value)


def results(value):
    """The names that a nested pipeline returns: text, or mappings with name and as."""
    if not isinstance(value, (list, tuple)):
        raise DefinitionError("returns must be a list" + (f': write returns=["{value}"]' if isinstance(value, str) else f" of names, not {describe(value)}"))
    out = []
    for v in value:
        if isinstance(v, str):
            v = {"name": v}
        if not isinstance(v, dict) or "name" not in v or not set(v) <= {"name", "as"}:
            raise DefinitionError(f'returns must be a list of names, or of mappings such as {{"name": "rows", "as": "count"}}, and holds {describe(v)}')
        inside = word(v["name"], "the name of a return", False)
        outside = word(v.get("as", inside), f'the name "as" of the return "{inside}"', False)
        out.append({"name": outside} if outside == inside else {"name": outside, "key": inside})
    return out


def json_value(value, what):
    """A value that JSON has."""
    import json as codec

    try:
        codec.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as e:
        raise DefinitionError(f"{what} has no JSON form: {e}") from None
    return value


def catalog(value):
    if value is None or isinstance(value, Catalog):
        return value
    if isinstance(value, dict):
        unknown = set(value) - {"get", "put", "store_copy"}
        if not unknown:
            return Catalog(**value)
        key = sorted(map(str, unknown))[0]
        raise DefinitionError(f'catalog has no key "{key}"{near(key, ["get", "put", "store_copy"])}')
    raise DefinitionError(f"catalog must be a Catalog, not {describe(value)}: write Catalog(get=[...], put=[...])")


def env(value):
    """Variables: text as it is, True and False as in a shell script's usual true and false, numbers as written."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DefinitionError(f"env must be a mapping, not {describe(value)}")
    out = {}
    for k, v in value.items():
        if isinstance(v, bool):
            v = "true" if v else "false"
        elif isinstance(v, (int, float)):
            v = repr(v)
        out[word(k, "a name in env", optional=False)] = word(v, f'env["{k}"]')
    return out


_QUANTITY = re.compile(r"^([0-9]+(\.[0-9]*)?|\.[0-9]+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][-+]?[0-9]+)?$")


def resources(value):
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DefinitionError(f'resources must be a mapping such as {{"cpu": 2, "memory": "1Gi"}}, not {describe(value)}')
    out = {}
    for k, v in value.items():
        if k not in _RESOURCES and k != "extended":
            known = [*_RESOURCES, "extended"]
            raise DefinitionError(f'resources has no key "{k}"{near(str(k), known) or "; it accepts " + ", ".join(known[:-1]) + " and extended"}')
        out[k] = _extended(v) if k == "extended" else _amount(f'resources["{k}"]', k, v)
    return {k: v for k, v in out.items() if v != {}}


_RESOURCES = {
    "cpu": 'cores, such as 2 or "500m"',
    "memory": 'memory, such as "512Mi" or "2Gi"',
    "gpu": "GPUs, such as 1",
    "shm": 'memory, such as "512Mi" or "2Gi"',
    "disk": 'disk space, such as "20Gi"',
}


def _amount(what, key, value):
    written = repr(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
    fits = isinstance(written, str) and (written.isdigit() if key == "gpu" else _QUANTITY.match(written))
    if not fits or (key not in ("cpu", "gpu") and written.endswith("m")):
        raise DefinitionError(f"{what} must be a quantity of {_RESOURCES[key]}, not {describe(value)}")
    return written


def _extended(value):
    """Numbers of extended resources by their names."""
    if not isinstance(value, dict):
        raise DefinitionError(f'resources["extended"] must be a mapping such as {{"example.com/fpga": 1}}, not {describe(value)}')
    return {word(k, 'a name in resources["extended"]', False): str(count(v, f'resources["extended"]["{k}"]', 0)) for k, v in value.items()}


def overrides(value):
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DefinitionError(f"overrides must be a mapping from an executor to a key of the configuration, not {describe(value)}")
    return {word(k, "an executor in overrides", False): word(v, f'overrides["{k}"]', False) for k, v in value.items()}


def targets(value):
    """Settings of single targets, of which only they know the meaning."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DefinitionError(f'targets must be a mapping such as {{"argo": {{"node_selector": {{"disk": "ssd"}}}}}}, not {describe(value)}')
    for name, settings in value.items():
        word(name, "a target in targets", False)
        if not isinstance(settings, dict):
            raise DefinitionError(f'targets["{name}"] must be a mapping of settings, not {describe(settings)}')
        json_value(settings, f'targets["{name}"]')
    return value


_DURATION = re.compile(r"^(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$")


def duration(value, what):
    """A duration as the recorded form has it: text such as "1m30s", or seconds. None for none."""
    if value is None:
        return None
    if hasattr(value, "total_seconds"):
        value = value.total_seconds()
    if isinstance(value, str):
        if not _DURATION.match(value):
            raise DefinitionError(f'{what} cannot be "{value}"; write a duration such as "30s", "5m" or "1h30m", a number of seconds or a timedelta')
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise DefinitionError(f"{what} must be a duration, not {describe(value)}")
    if not 0 < value < 9e9:
        raise DefinitionError(f"{what} must be longer than nothing, not {value} seconds" if value <= 0 else f"{what} is too long")
    return value


def hooks(value, what):
    """What is done when a run has ended, as the recorded form has it."""
    if isinstance(value, (str, dict)):
        value = [value]
    if not isinstance(value, (list, tuple)):
        raise DefinitionError(f"{what} must be a list of commands or mappings, not {describe(value)}")
    made = []
    for hook in value:
        if isinstance(hook, str):
            hook = {"command": hook}
        if not isinstance(hook, dict):
            raise DefinitionError(f"{what} must be a list of commands or mappings, and holds {describe(hook)}")
        _known(hook, what, ("command", "webhook", "webhook_from", "secrets", "timeout"))
        out = {k: word(hook[k], f'{what}["{k}"]') for k in ("command", "webhook", "webhook_from") if hook.get(k)}
        if hook.get("secrets"):
            out["secrets"] = names(hook["secrets"], f'{what}["secrets"]')
        if hook.get("timeout") is not None:
            out["timeout"] = duration(hook["timeout"], f'{what}["timeout"]')
        made.append(out)
    return made


def schedules(value):
    """When runs begin, as the recorded form has it."""
    if isinstance(value, (str, dict)):
        value = [value]
    if not isinstance(value, (list, tuple)):
        raise DefinitionError(f'schedule must be a text such as "0 3 * * *", a mapping, or a list of these, not {describe(value)}')
    return [_schedule(s) for s in value]


def _schedule(value):
    if isinstance(value, str):
        return {"cron": word(value, "schedule", False)}
    if not isinstance(value, dict):
        raise DefinitionError(f"schedule must be a list of texts or mappings, and holds {describe(value)}")
    texts, counts = ("cron", "timezone", "when", "concurrency_policy"), ("keep_succeeded", "keep_failed")
    _known(value, "schedule", (*texts, "starting_deadline", "suspend", *counts))
    if not value.get("cron"):
        raise DefinitionError('schedule needs a "cron": five fields, as in "0 3 * * *"')
    out = {k: word(value[k], f'schedule["{k}"]', False) for k in texts if value.get(k) is not None}
    out.update((k, count(value[k], f'schedule["{k}"]', 0)) for k in counts if value.get(k) is not None)
    if value.get("starting_deadline") is not None:
        out["starting_deadline"] = duration(value["starting_deadline"], 'schedule["starting_deadline"]')
    if value.get("suspend"):
        out["suspend"] = True
    return out


def events(value):
    """What begins runs, as the recorded form has it."""
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, (list, tuple)):
        raise DefinitionError(f'events must be a mapping such as {{"webhook": "/train"}}, or a list of these, not {describe(value)}')
    return [_event(e) for e in value]


def _event(value):
    if not isinstance(value, dict):
        raise DefinitionError(f'events must be a list of mappings such as {{"webhook": "/train"}}, and holds {describe(value)}')
    texts = ("webhook", "calendar", "timezone", "succeeded")
    _known(value, "an event", (*texts, "parameters"))
    out = {k: word(value[k], f'event["{k}"]', False) for k in texts if value.get(k) is not None}
    given = value.get("parameters") or {}
    if not isinstance(given, dict):
        raise DefinitionError(f'event["parameters"] must be a mapping such as {{"version": "body.version"}}, not {describe(given)}')
    if given:
        out["parameters"] = {word(k, 'a name in event["parameters"]', False): word(v, f'event["parameters"]["{k}"]', False) for k, v in given.items()}
    return out


def concurrency(value):
    """How many runs go on at a time, as the recorded form has it."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DefinitionError(f'concurrency must be a mapping such as {{"limit": 1, "on_conflict": "wait"}}, not {describe(value)}')
    _known(value, "concurrency", ("group", "limit", "on_conflict"))
    out = {"limit": count(value.get("limit", 1), 'concurrency["limit"]', 1)}
    for key in ("group", "on_conflict"):
        if value.get(key) is not None:
            out[key] = word(value[key], f'concurrency["{key}"]', False)
    return out


def retry(value, max_attempts):
    """The recorded form of retry, or of Runnable's max_attempts."""
    if max_attempts is not None:
        if value is not None:
            raise DefinitionError("retry and max_attempts say the same; give one of them")
        return {"limit": count(max_attempts, "max_attempts", 1) - 1}
    if value is None:
        return {}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"limit": count(value, "retry", 0)}
    if not isinstance(value, dict):
        raise DefinitionError(f'retry must be a mapping such as {{"limit": 2, "backoff": {{"duration": "10s"}}}}, or a number, not {describe(value)}')
    _known(value, "retry", ("limit", "backoff", "on", "memory_factor"))
    if "limit" not in value:
        raise DefinitionError('retry needs a "limit": how often to try again')
    out = {"limit": count(value["limit"], 'retry["limit"]', 0)}
    back = value.get("backoff")
    if back is not None:
        if not isinstance(back, dict):
            raise DefinitionError(f'retry["backoff"] must be a mapping with duration, factor and cap, not {describe(back)}')
        _known(back, 'retry["backoff"]', ("duration", "factor", "cap"))
        made = {k: duration(back[k], f'retry["backoff"]["{k}"]') for k in ("duration", "cap") if back.get(k) is not None}
        if back.get("factor") is not None:
            made["factor"] = _factor(back["factor"], 'retry["backoff"]["factor"]')
        out["backoff"] = made
    on = value.get("on")
    if on is not None:
        if not isinstance(on, (list, tuple)):
            raise DefinitionError('retry["on"] must be a list of error, timeout, oom and exit codes')
        out["on"] = [_cause(v) for v in on]
    if value.get("memory_factor") is not None:
        out["memory_factor"] = _factor(value["memory_factor"], 'retry["memory_factor"]')
    return out


def _factor(value, what):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 1 <= value <= 1e6:
        raise DefinitionError(f"{what} must be at least 1, not {describe(value)}")
    return value


def _cause(value):
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 256:
        return str(value)
    if value in ("error", "timeout", "oom") or (isinstance(value, str) and value.isdigit() and 0 < int(value) < 256):
        return value
    raise DefinitionError(f'retry["on"] holds error, timeout, oom and exit codes from 1 to 255, not {describe(value)}{near(str(value), ["error", "timeout", "oom"])}')


def _known(mapping, what, keys):
    for k in mapping:
        if k not in keys:
            raise DefinitionError(f'{what} has no key "{k}"{near(str(k), keys) or "; it accepts " + listed(keys)}')

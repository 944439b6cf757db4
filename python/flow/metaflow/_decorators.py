"""Decorators, which record what they were given. What they mean is in _lower.py and _task.py."""
import json
import re

from ._parameters import Parameter
from ._where import written
from .exception import InvalidDecoratorAttribute, MetaflowException

_KUBERNETES = (
    "cpu memory disk image image_pull_policy image_pull_secrets service_account secrets node_selector namespace gpu gpu_vendor tolerations labels "
    "annotations use_tmpfs tmpfs_tempdir tmpfs_size tmpfs_path persistent_volume_claims shared_memory port compute_pool hostname_resolution_timeout "
    "qos extended_resources security_context executable"
)
_BATCH = (
    "cpu gpu memory image queue iam_role execution_role shared_memory max_swap swappiness inferentia trainium efa host_volumes efs_volumes "
    "use_tmpfs tmpfs_tempdir tmpfs_size tmpfs_path aws_batch_tags ephemeral_storage log_driver log_options privileged executable"
)
_PACKAGES = "packages libraries python disabled"

# What each decorator takes.
STEP = {
    "retry": "times minutes_between_retries",
    "catch": "var print_exception",
    "timeout": "seconds minutes hours",
    "environment": "vars",
    "resources": "cpu gpu disk memory shared_memory",
    "kubernetes": _KUBERNETES,
    "batch": _BATCH,
    "secrets": "sources role allow_override",
    "card": "type id options timeout save_errors customize refresh_interval scope rank",
    "conda": _PACKAGES,
    "pypi": _PACKAGES,
    "parallel": "",
}
FLOW = {
    "project": "name branch production",
    "schedule": "hourly daily weekly cron timezone",
    "trigger": "event events options",
    "trigger_on_finish": "flow flows options",
    "exit_hook": "on_success on_error options",
    "conda_base": _PACKAGES,
    "pypi_base": _PACKAGES,
}
REPEATED = ("card", "exit_hook")
# The variables that hold what the command line says: --with, separated by spaces, --branch and --production.
ADDED, BRANCH, PRODUCTION = "METAFLOW_DECOSPECS", "METAFLOW_BRANCH", "METAFLOW_PRODUCTION"


class Decorator:
    """One decorator on a step or flow. line is where it was applied; known is false for one that nobody here knows."""

    def __init__(self, name, attributes, known=True):
        self.name, self.known = name, known
        self.attributes = {k: v.resolved if isinstance(v, Parameter) and v.IS_CONFIG_PARAMETER else v for k, v in attributes.items()}
        self.file, self.line = written()


def _attach(target, made):
    if isinstance(target, type):
        have = target.__dict__.get("_flow_decorators")
        if have is None:
            have = target._flow_decorators = []
    elif getattr(target, "is_step", False):
        have = target.decorators
    else:
        raise MetaflowException(f"@{made.name} is on {getattr(target, '__name__', target)!r}, which is not a step; put @step directly above the function, below the other decorators")
    if made.name not in REPEATED and any(d.name == made.name for d in have):
        raise MetaflowException(f"@{made.name} is twice on {target.__name__!r}; remove one")
    have.append(made)
    return target


def factory(name, takes, on_flow, known=True):
    """The decorator of a name; takes are the attributes that it knows, None for any."""

    def decorator(target=None, **attributes):
        _check(name, attributes, takes)
        made = Decorator(name, attributes, known)
        if target is None:
            return lambda inner: apply(inner, made)
        if isinstance(target, str) and known:
            raise MetaflowException(f"@{name} takes its attributes by name")
        return apply(target, made)

    def apply(target, made):
        if known and isinstance(target, type) != on_flow:
            raise MetaflowException(f"@{name} belongs on a {'flow' if on_flow else 'step'}")
        return _attach(target, made)

    decorator.__name__ = decorator.__qualname__ = decorator.is_decorator = name
    return decorator


def specs(text):
    """The decorators of a text such as "retry:times=3 timeout:minutes=5"."""
    return [s.strip() for s in _split(text, r"\s+") if s.strip()]


def _split(text, separator):
    """Splits a text where a separator stands outside of quotes and brackets."""
    out, start, depth, quote = [], 0, 0, None
    for m in re.finditer(r"""\\?["']|[\[{(]|[\]})]|""" + separator, text):
        found = m.group()
        if found.lstrip("\\") in ('"', "'"):
            quote = found if quote is None else None if quote == found else quote
        elif quote is None and found in "[{(":
            depth += 1
        elif quote is None and found in "]})":
            depth -= 1
        elif quote is None and depth <= 0:
            out.append(text[start : m.start()])
            start = m.end()
    return [*out, text[start:]]


def parsed(text):
    """(name, attributes) of a decorator as a command line says it: retry:times=3,minutes_between_retries=0."""
    name, _, rest = text.partition(":")
    out = {}
    for part in _split(rest, r",(?=\s*\w+\s*=)") if rest.strip() else ():
        key, equals, value = part.partition("=")
        if not equals:
            raise InvalidDecoratorAttribute(f"the decorator {text!r} says {part!r}; write name:attribute=value,attribute=value")
        out[key.strip()] = _value(value.strip())
    return name.strip(), out


def _value(text):
    try:
        return json.loads(text.replace('\\"', '"'))
    except ValueError:
        return text


def made_of(name, attributes, on_flow):
    """A decorator by its name, or by what makes it; it has not been put on anything."""
    name = getattr(name, "is_decorator", name)
    takes = (FLOW if on_flow else STEP).get(name)
    if takes is None and name in (STEP if on_flow else FLOW):
        raise MetaflowException(f"@{name} belongs on a {'step' if on_flow else 'flow'}")
    _check(name, attributes, takes.split() if takes is not None else None)
    return Decorator(name, dict(attributes), takes is not None)


def _check(name, attributes, takes):
    wrong = [k for k in attributes if takes is not None and k not in takes]
    if wrong:
        raise InvalidDecoratorAttribute(f"@{name} has no attribute {wrong[0]!r}; it accepts {', '.join(takes) or 'none'}")


def step(f=None, *, start=False, end=False, node_info=None):
    """Marks a method as a step."""

    def mark(f):
        f.is_step, f.name, f.decorators = True, f.__name__, []
        f.is_start, f.is_end, f.node_info = start, end, node_info or {}
        f.wrappers, f.mutators = [], []  # what _custom.py puts around the step, and what changes it
        return f

    return mark if f is None else mark(f)


def flow_decorators(cls):
    """The decorators of a flow and of those that it derives from."""
    out = []
    for c in cls.__mro__:
        out += [d for d in c.__dict__.get("_flow_decorators", []) if d.name in REPEATED or all(d.name != o.name for o in out)]
    return out


def decorator_of(f, name):
    """The decorator of that name on a step, or None."""
    return next((d for d in f.decorators if d.name == name), None)

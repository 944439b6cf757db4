"""Secrets that @secrets writes out in the file. They stay there: no definition or manifest holds them."""
from ._decorators import decorator_of


def is_inline(source):
    return isinstance(source, dict) and source.get("type") == "inline"


def variables(source):
    """The variables of an inline source; None where it has none."""
    options = source.get("options")
    return options.get("env_vars") if isinstance(options, dict) else None


def inline_secrets(function):
    """The variables that @secrets writes out in the file, for the step's process alone."""
    d = decorator_of(function, "secrets")
    out = {}
    for s in (d.attributes.get("sources") or []) if d is not None else []:
        if is_inline(s):
            out.update({str(k): str(v) for k, v in variables(s).items()})
    return out

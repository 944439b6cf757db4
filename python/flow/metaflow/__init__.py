"""Flows of Metaflow, read and run by runnable-render. This package knows what flows use of Metaflow, by the same names."""
from . import _decorators, exception
from ._current import current
from ._decorators import step
from ._flowspec import FlowSpec
from ._mode import Mode as _Mode
from ._parameters import IncludeFile, JSONType, JSONTypeClass, Parameter
from .exception import MetaflowException

for _name, _takes in _decorators.STEP.items():
    globals()[_name] = _decorators.factory(_name, _takes.split(), False)
for _name, _takes in _decorators.FLOW.items():
    globals()[_name] = _decorators.factory(_name, _takes.split(), True)
del _name, _takes


def __getattr__(name):
    """A decorator that nobody here knows: it is recorded and told of. Anything else of that name cannot work."""
    if name[0] == "_" or name[0].isupper() or name in ("cards", "plugins"):
        raise AttributeError(f"runnable-render's metaflow has no {name!r}")
    if _Mode.running:
        return lambda target=None, **_: target if target is not None else (lambda inner: inner)
    return _decorators.factory(name, None, False, known=False)

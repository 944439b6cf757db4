"""Flows of Metaflow, read and run by runnable-render. This package knows what flows use of Metaflow, by the same names."""
from . import _decorators, exception
from ._current import current
from ._decorators import step
from ._flowspec import FlowSpec
from ._mode import Mode as _Mode
from ._config import Config, ConfigValue, config_expr
from ._parameters import IncludeFile, JSONType, JSONTypeClass, Parameter
from ._where import explain_errors as _explain_errors
from .exception import MetaflowException

for _name, _takes in _decorators.STEP.items():
    globals()[_name] = _decorators.factory(_name, _takes.split(), False)
for _name, _takes in _decorators.FLOW.items():
    globals()[_name] = _decorators.factory(_name, _takes.split(), True)
del _name, _takes
_explain_errors()


# What few flows use, by the module that has it.
_ELSEWHERE = {
    "_custom": "user_step_decorator UserStepDecorator StepMutator FlowMutator MutableStep MutableFlow USER_SKIP_STEP".split(),
    "plugins.parsers": "yaml_parser requirements_txt_parser pyproject_toml_parser".split(),
    "cards": ["get_cards"],
    "runner": ["Runner"],
    "client": "Metaflow Flow Run Step Task DataArtifact namespace get_namespace default_namespace metadata get_metadata default_metadata".split(),
}
# What `from metaflow import *` gives.
__all__ = sorted({n for n in globals() if n[0] != "_"}.union(*_ELSEWHERE.values()))


def __getattr__(name):
    """What is imported when it is asked for, or a decorator that nobody here knows, which is recorded and told of. Anything
    else of that name cannot work."""
    for module, names in _ELSEWHERE.items():
        if name in names:
            import importlib

            return getattr(importlib.import_module("." + module, __name__), name)
    if name[0] == "_" or name[0].isupper() or name == "plugins":
        raise AttributeError(f"runnable-render's metaflow has no {name!r}")
    if _Mode.running:
        return lambda target=None, **_: target if target is not None else (lambda inner: inner)
    return _decorators.factory(name, None, False, known=False)

"""Calls a function of @exit_hook, when a run has ended."""
import importlib
import inspect
import sys

from runnable_render.report import Failure

from .exception import MetaflowException


def run(cls, spec):
    function = _found(cls, spec["hook"])
    takes = inspect.getfullargspec(function)
    if "run" in takes.args + takes.kwonlyargs or takes.varkw is not None:
        function(run=_run(cls, spec["run"]))
    else:
        function()
    return {"returns": [], "objects": []}


def _found(cls, name):
    """The function of that name in the flow's module, or in the one that a dotted name says."""
    at = sys.modules[cls.__module__]
    module, _, last = name.rpartition(".")
    if module and not hasattr(at, module.partition(".")[0]):
        at, name = importlib.import_module(module), last
    for part in name.split("."):
        at = getattr(at, part, None)
    if not callable(at):
        raise Failure(f'@exit_hook calls "{name}", and the flow\'s file has no function of that name')
    return at


def _run(cls, run):
    """The run as an object; None where the store cannot be read from here."""
    from .client import Run

    try:
        return Run(f"{cls.__name__}/{run}")
    except MetaflowException as e:
        print(f"warning: the hook gets no run: {e}", file=sys.stderr)
        return None

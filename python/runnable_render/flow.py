"""Runs a step of a Metaflow flow, by the package metaflow that comes with us."""
import os
import sys

from . import call

_PACKAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "flow")


def run(request, visible, out_path):
    """Runs one step and returns its answer."""
    if _PACKAGE not in sys.path:
        sys.path.insert(0, _PACKAGE)  # before a Metaflow that is installed
    import metaflow._task as task

    dotted = request["function"]
    task.begin_step(request["flow"])
    cls = call.load(dotted.rpartition(".")[0])
    if "hook" in request["flow"]:
        from metaflow import _hook

        return _hook.run(cls, request["flow"])
    function = call.load(dotted)
    taken = iter(range(1 << 30))
    return task.run(function, cls, request, visible, visible.fetch, lambda: out_path(next(taken)))

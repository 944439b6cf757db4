"""Reads a flow: runs the user's file and sends what it defines, as package runnable does for its definitions (_define.py there)."""
import os

from runnable import _define, _imports
from runnable._errors import DefinitionError
from runnable._explain import Explainer, message
from runnable._places import Place

from . import _lint
from ._config import plain_values
from ._custom import prepare
from ._decorators import ADDED, STEP, flow_decorators
from ._flowspec import FlowSpec
from ._graph import Graph
from ._lower import Lowering, TooLarge
from ._mode import Handed, Mode
from ._parameters import parameters
from ._schedule import cron
from ._settings import left_out
from .exception import MetaflowException


class Recorder:
    """Takes the flow that the file starts."""

    def __init__(self):
        self.flow = None

    def started(self, cls):
        self.flow = self.flow or cls
        raise Handed(0)


def answer(file, local, shown):
    explain, recorder = Explainer(local, shown), Recorder()
    Mode.recorder = recorder
    _imports.install(local)
    try:
        module = _define.execute(file, Handed, lambda: recorder.flow is not None)
        cls = recorder.flow or _only(module, file)
        return _read(cls, file, shown)
    except MetaflowException as e:
        told = DefinitionError(str(e), "RR0722")
        told.__traceback__ = e.__traceback__
        return {"errors": [explain.error(told, file)]}
    except BaseException as e:  # SystemExit is one, and so is what a user may define
        return {"errors": [explain.error(e, file)]}


def _only(module, file):
    """The one flow of a file that starts none."""
    flows = [v for v in vars(module).values() if isinstance(v, type) and issubclass(v, FlowSpec) and v is not FlowSpec and v.__module__ == "__main__"]
    flows = [c for c in flows if not any(o is not c and issubclass(o, c) for o in flows)]
    if len(flows) == 1:
        return flows[0]
    if not flows:
        raise DefinitionError("the file defines no flow; derive a class from FlowSpec", "RR0725", Place(file, 1))
    names = ", ".join(c.__name__ for c in flows)
    raise DefinitionError(f"the file defines several flows and starts none: {names}; end it with the one that is meant: if __name__ == \"__main__\": {flows[-1].__name__}()", "RR0725", Place(file, 1))


def _read(cls, file, shown):
    prepare(cls, os.environ.get(ADDED, ""))
    graph = Graph(cls)
    findings = _lint.lint(graph)
    if findings:
        return {"errors": [message(f.text, f.code, f.place, shown, f.notes) for f in findings]}
    module = os.path.splitext(os.path.basename(file))[0] if cls.__module__ == "__main__" else cls.__module__
    head = {"name": cls.__name__}
    if cls.__doc__:
        head["description"] = " ".join(cls.__doc__.split())
    try:
        document = Lowering(graph, module, parameters(cls), shown, plain_values(cls)).document(head)
    except TooLarge as e:
        raise DefinitionError(str(e), "RR0722", graph.nodes[graph.start].place()) from None
    return {"document": document, "options": {}, "warnings": list(_warnings(cls, graph, shown)), "sets": None}


def _warnings(cls, graph, shown):
    for n in graph.nodes.values():
        for d in n.function.decorators:
            if d.name in ("conda", "pypi") and not d.attributes.get("disabled"):
                yield _at(d, f"@{d.name} on step \"{n.name}\" has no effect: the step runs with the interpreter and the packages that it finds; install them there, or name an image with @kubernetes(image=…)", "RR0723", shown)
            elif d.name not in STEP:
                yield _at(d, f"@{d.name} on step \"{n.name}\" is not a decorator that runnable-render knows; the step runs without it", "RR0724", shown)
        for d, names in left_out(n):
            yield _at(d, f"@{d.name} on step \"{n.name}\" says {', '.join(names)}, which has no effect here; set it in the configuration of the target", "RR0723", shown)
    for d in flow_decorators(cls):
        if d.known:
            yield _at(d, f"@{d.name} on the flow has no effect here; {_instead(d)}", "RR0723", shown)
        else:
            yield _at(d, f"@{d.name} on the flow has no effect, as runnable-render does not know it; see docs/metaflow.md for what takes its place", "RR0724", shown)


def _instead(d):
    """What takes the place of a decorator of the flow."""
    if d.name == "schedule":
        try:
            expression, zone = cron(d.attributes) or (None, None)
        except ValueError as e:
            return f"set cron_schedule in the configuration of argo yourself: {e}"
        if expression is None:
            return "it schedules nothing"
        zone = f", timezone: {zone}" if zone else ""
        return f'write into the configuration of argo: cron_schedule: {{schedules: ["{expression}"]{zone}}}'
    if d.name in ("conda_base", "pypi_base"):
        return "the steps run with the packages that they find; install them there, or name images"
    return "see docs/metaflow.md for what takes its place"


def _at(d, text, code, shown):
    return message(text, code, Place(d.file, d.line) if d.file else None, shown)

"""Reads a flow: runs the user's file and sends what it defines, as package runnable does for its definitions (_define.py there)."""
import os

from runnable import _define, _imports
from runnable._errors import DefinitionError
from runnable._explain import Explainer, message
from runnable._places import Place

from . import _dataflow, _deploy, _lint
from ._config import plain_values
from ._custom import prepare
from ._decorators import ADDED, STEP, flow_decorators
from ._flowspec import FlowSpec
from ._graph import Graph
from ._lower import Lowering, TooLarge
from ._mode import Handed, Mode
from ._parameters import parameters
from ._settings import check_allowed, left_out
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
    Mode.recorder, Mode.here = recorder, _define.Mode.here
    _imports.install(local)
    try:
        module = _define.execute(file, Handed, lambda: recorder.flow is not None)
        cls = recorder.flow or _only(module, file)
        return _read(cls, file, shown)
    except MetaflowException as e:
        told = DefinitionError(str(e), "RR0722", _place(getattr(e, "place", None)))
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
    check_allowed(graph)
    refused = list(_refused(parameters(cls).values()))
    if refused:
        return {"errors": [message(text, "RR0722", place, shown) for text, place in refused]}
    module = os.path.splitext(os.path.basename(file))[0] if cls.__module__ == "__main__" else cls.__module__
    configs, project = plain_values(cls), _deploy.project(cls)
    head, places = _head(cls, module, configs, project)
    try:
        document = Lowering(graph, module, parameters(cls), shown, configs, project).document(head, places)
    except TooLarge as e:
        raise DefinitionError(str(e), "RR0722", graph.nodes[graph.start].place()) from None
    return {"document": document, "options": {}, "warnings": list(_warnings(cls, graph, shown)), "sets": None}


def _head(cls, module, configs, project):
    """What the document says of the flow as a whole, and the places of this."""
    head, places = {"name": cls.__name__}, {}
    if cls.__doc__:
        head["description"] = " ".join(cls.__doc__.split())
    if project:
        head["target_name"] = project["project_flow_name"]
    for key, found in {"schedules": list(_deploy.schedules(cls)), **_deploy.hooks(cls, module, configs)}.items():
        if found:
            head[key] = [what for what, _ in found]
            places.update({f"{key}.{i}": _deploy.place(d) for i, (_, d) in enumerate(found) if d.file})
    return head, places


def _refused(found):
    """(message, place) of each parameter that no run can take."""
    names = {}
    for p in found:
        name = p.name.replace("-", "_").lower()
        if names.setdefault(name, p) is not p:
            yield f"two parameters are called {names[name].name!r} and {p.name!r}, which is the same option of the command line; rename one", _place((p.file, p.line))
        try:
            p.check()
        except MetaflowException as e:
            yield str(e), _place((p.file, p.line))


def _place(at):
    """A place of (file, line), of which the file may be empty."""
    return Place(*at) if at and at[0] else None


def _warnings(cls, graph, shown):
    for n in graph.nodes.values():
        for d in n.function.decorators:
            if d.name == "conda" and not d.attributes.get("disabled"):
                yield _at(d, f"the packages of @conda on step \"{n.name}\" come from PyPI here, where some have another name; @pypi says so", "RR0723", shown)
            elif d.name not in STEP:
                yield _at(d, f"@{d.name} on step \"{n.name}\" is not a decorator that runnable-render knows; the step runs without it", "RR0724", shown)
        for d, names in left_out(n):
            yield _at(d, f"@{d.name} on step \"{n.name}\" says {', '.join(names)}, which has no effect here; set it in the configuration of the target", "RR0723", shown)
    for f in _dataflow.warnings(graph):
        yield message(f.text, f.code, f.place, shown, f.notes)
    for d in flow_decorators(cls):
        if d.known:
            text = _said(d)
            if text:
                yield _at(d, text, "RR0723", shown)
        else:
            yield _at(d, f"@{d.name} on the flow has no effect, because runnable-render does not know it; see docs/metaflow.md for alternatives", "RR0724", shown)


def _said(d):
    """What to say of a decorator of the flow; None where it does all that it does in Metaflow."""
    if d.name == "schedule":
        return _deploy.said_of_schedule(d)
    if d.name == "exit_hook" and d.attributes.get("options"):
        return "the options of @exit_hook have no effect here: hooks run in the image of the steps"
    if d.name in ("trigger", "trigger_on_finish"):
        what = "another flow has ended" if d.name == "trigger_on_finish" else "an event comes"
        return f"@{d.name} has no effect here: no target of runnable-render starts runs when {what}; have a Sensor of Argo Events submit the WorkflowTemplate that -o DIR/ renders"
    if d.name == "conda_base" and not d.attributes.get("disabled"):
        return "the packages of @conda_base come from PyPI here, where some have another name; @pypi_base says so"
    return None


def _at(d, text, code, shown):
    return message(text, code, _place((d.file, d.line)), shown)

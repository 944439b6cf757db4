"""Reads a definition: runs the user's file and sends what it defines to the program that asked.

The answer is one JSON object on the file descriptor that RUNNABLE_DEFINE_FD names: {"document", "options",
"warnings"} or {"errors"}. A message has a code, a text, a place and notes.
"""
import json
import os
import sys
import types

from . import _imports
from runnable_render.modules import package

from ._errors import DefinitionError
from ._explain import Explainer, message
from ._graph import Document
from ._mode import Mode
from ._pipeline import Pipeline, _Job, as_handler
from ._places import Place, caller, place_of, source
from ._several import later_execute
from ._steps import Composite, Step


class Handed(SystemExit):
    """Ends the user's program: the pipeline is known."""


class Recorder:
    """Takes the pipelines that the definition makes, and the one that it executes."""

    def __init__(self, local):
        self.local, self.pipelines, self.result, self.another = local, [], None, None

    def made(self, pipeline):
        self.pipelines.append(pipeline)

    def replaced(self, pipeline):
        """Forgets a pipeline that another one is made of."""
        self.pipelines = [p for p in self.pipelines if p is not pipeline]

    def executed(self, pipeline, options):
        if self.result is None:
            self.result = (pipeline, options)
            at = caller("execute")
            other = later_execute(sys._getframe(1), self.local)
            if other is not None:
                self.another = (Place(at.file, at.line), other)
        raise Handed(0)

    def roots(self):
        """The pipelines that are not part of another."""
        nested, stack = set(), list(self.pipelines)
        while stack:
            for step in stack.pop().steps:
                inner = []
                if isinstance(step, Composite):
                    inner += list(getattr(step, "branches", {}).values()) + [getattr(step, "branch", None)]
                if isinstance(step, Step) and isinstance(step.on_failure, (Pipeline, Step, list, tuple)):
                    inner.append(as_handler(step.on_failure))
                for p in inner:
                    if p is not None and id(p) not in nested:
                        nested.add(id(p))
                        stack.append(p)
        return [p for p in self.pipelines if id(p) not in nested]


def main(file, shown_file, answer=None):
    """Runs the definition and answers. answer reads a definition of another kind than ours."""
    fd = int(os.environ.pop("RUNNABLE_DEFINE_FD"))
    local = _imports.Local(json.loads(os.environ.pop("RUNNABLE_MODULES"))["first"])
    os.environ.pop("PYTHONHASHSEED", None)  # it is for this interpreter, not for what the definition starts
    sys.argv = [file] + json.loads(os.environ.pop("RUNNABLE_DEFINITION_ARGS", "[]"))
    Mode.here = os.environ.pop("RUNNABLE_DEFINE_HERE", None)
    environ = dict(os.environ)
    shown = _Shown(file, shown_file)
    answer = (answer or _answer)(file, local, shown)
    answer["path"] = local.changed()
    if answer["path"]:
        answer["path"]["at"] = message("", "", _path_place(file), shown)
    answer["environ"] = {k: v for k, v in os.environ.items() if environ.get(k) != v}
    with open(fd, "w", encoding="ascii") as out:
        json.dump(answer, out)
    sys.stdout.flush()
    os._exit(0)  # threads of the user's and what they registered for the end are none of a definition's


class _Shown:
    """Names files as the user called the definition: by way of its folder."""

    def __init__(self, file, shown):
        self.folder, self.shown = os.path.dirname(file), os.path.dirname(shown)

    def __call__(self, path):
        if path.startswith(self.folder + os.sep):
            return os.path.join(self.shown, os.path.relpath(path, self.folder)).replace(os.sep, "/")
        if os.path.isabs(self.shown) or not os.path.isabs(path):
            return path
        near = os.path.normpath(os.path.join(self.shown, os.path.relpath(path, self.folder)))
        return path if near.startswith("..") else near.replace(os.sep, "/")


def _answer(file, local, shown):
    explain = Explainer(local, shown)
    Mode.main = os.path.splitext(os.path.basename(file))[0]
    recorder = Mode.recorder = Recorder(local)
    standins = _imports.install(local)
    try:
        module = execute(file, Handed, lambda: recorder.result is not None, package(file, local.given))
        pipeline, options = _found(recorder, module, file)
        document = Document(shown)
        text = document.text(pipeline)
    except BaseException as e:  # SystemExit is one, and so is what a user may define
        return {"errors": [explain.error(e, file)]}
    return {"document": text, "options": options, "warnings": _absent(pipeline, standins, shown, local), "sets": _sets(file, shown)}


def _sets(file, shown):
    """What to say of the first set in the definition's file, if its order turns out to matter; None where there is none."""
    import ast

    src = source(file)
    found = [n for n in ast.walk(src.tree) if _is_set(n, ast)] if src is not None else []
    if not found:
        return None
    text = (
        "the definition depends on the order of a set, which another version of Python may change, and with it the rendered files; "
        "write sorted(...) around the set, or use a list"
    )
    return message(text, "RR0511", place_of(file, min(found, key=lambda n: (n.lineno, n.col_offset))), shown)


def _path_place(file):
    """Where the definition's file first names sys.path, else its first line."""
    import ast

    src = source(file)
    for node in ast.walk(src.tree) if src is not None else ():
        if isinstance(node, ast.Attribute) and node.attr == "path" and isinstance(node.value, ast.Name) and node.value.id == "sys":
            return place_of(file, node)
    return Place(file, 1)


def _is_set(node, ast):
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("set", "frozenset")
    return isinstance(node, (ast.Set, ast.SetComp))


def execute(file, handed, known, around=""):
    """Executes the file as the program that it is, in the package around it if it has one; handed is what ends it when all is
    known. A program that ends itself then is fine as well."""
    with open(file, "rb") as f:
        code = compile(f.read(), file, "exec", dont_inherit=True)
    module = types.ModuleType("__main__")
    module.__file__ = file
    module.__package__ = around or None
    sys.modules["__main__"] = module
    try:
        exec(code, module.__dict__)
    except handed:
        pass
    except SystemExit:
        if not known():
            raise
    return module


def _found(recorder, module, file):
    """The one pipeline that the file defines, and the options of its execute()."""
    if recorder.another is not None:
        place, other = recorder.another
        e = DefinitionError("the file runs several pipelines; a definition holds one, so put each into a separate file", "RR0506", place)
        e.notes = [("another one runs here", other)]
        raise e
    if recorder.result is not None:
        return recorder.result
    roots = recorder.roots()
    if not roots and callable(module.__dict__.get("main")):
        returned = None
        try:
            returned = module.main()
        except Handed:
            return recorder.result
        if isinstance(returned, _Job):
            returned = returned.task
        if isinstance(returned, Step):
            returned = returned.as_pipeline()
        if isinstance(returned, Pipeline):
            return returned, {}
        roots = recorder.roots()
    if len(roots) == 1:
        return roots[0], {}
    if not roots:
        raise DefinitionError("the file defines no pipeline; call execute() on one: Pipeline(steps=[...]).execute()", "RR0505", Place(file, 1))
    e = DefinitionError("the file defines several pipelines and runs none; call execute() on the one that is meant", "RR0506", roots[0].call.place())
    e.notes = [("another one is here", p.call.place()) for p in roots[1:]]
    raise e


def _absent(pipeline, standins, shown, local):
    """Warns of steps whose function is in a module that is neither in the user's folders nor installed here."""
    out, seen, stack = [], set(), [pipeline]
    while stack:
        for step in stack.pop().steps:
            if isinstance(step, Composite):
                stack += list(getattr(step, "branches", {}).values()) + ([step.branch] if hasattr(step, "branch") else [])
            command = getattr(step, "command", "")
            top = command.partition(".")[0]
            if getattr(step, "argument", "") != "function" or top not in standins.given or command in seen:
                continue
            seen.add(command)
            text = f'"{command}" cannot be looked at: there is no module "{top}" {_where(local, shown)}, and none is installed here; the step fails where there is none either'
            out.append(message(text, "RR0510", step.call.argument_place("function"), shown))
    return out


def _where(local, shown):
    """Where a module was looked for, as words."""
    names = [shown(os.path.join(f, "x"))[:-2] or "." for f in local.folders if os.path.isdir(f)]
    if len(names) < 2:
        return "beside the definition"
    return f"in {', '.join(names[:-1])} or {names[-1]}"

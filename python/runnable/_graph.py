"""The recorded form of a pipeline: the JSON that runnable-render reads, one step a line, with places."""
import json
from collections import Counter

from ._errors import DefinitionError, listed
from ._pipeline import as_handler
from ._places import place_of
from ._steps import Composite, Conditional, Loop, Map, Parallel, PipelineTask, Step, Stub, Task, Terminal


class Document:
    """One pipeline being recorded."""

    def __init__(self, shown):
        self.shown = shown  # from a path to the name under which the user knows the file
        self.files, self.commands, self.depth = [], [], 0

    def text(self, pipeline):
        head = {"runnable_ir": 1}
        if pipeline.name:
            head["name"] = pipeline.name
        if pipeline.description:
            head["description"] = pipeline.description
        for when in ("on_success", "on_failure"):
            if getattr(pipeline, when):
                head[when] = getattr(pipeline, when)
        if pipeline.parameters:
            head["parameters"] = [_declared(name, p) for name, p in pipeline.parameters.items()]
        graph = self.graph(pipeline, True)
        if pipeline.parameters and pipeline.call is not None:
            self.elements(graph["spans"], pipeline, "parameters", len(pipeline.parameters))
        for key, name in (("schedule", "schedules"), ("events", "events")):
            for i, entry in enumerate(getattr(pipeline, key)):
                head.setdefault(name, []).append(entry)
                if pipeline.call is not None:
                    graph["spans"][f"{name}.{i}"] = self.span(pipeline.call.argument_place(key))
        for key in ("pods", "concurrency"):
            if getattr(pipeline, key):
                head[key] = getattr(pipeline, key)
                if pipeline.call is not None:
                    graph["spans"][key] = self.span(pipeline.call.argument_place(key))
        head["files"] = self.files
        return json.dumps({**head, **graph}, allow_nan=False)

    def span(self, place):
        name = self.shown(place.file)
        if name not in self.files:
            self.files.append(name)
        at = [self.files.index(name), place.line, place.col]
        return at + [place.end_line, place.end_col] if place.end_line else at

    def graph(self, pipeline, root=False):
        steps, ends = _steps_of(pipeline)
        style = "needs" if any(s.needs is not None for s in steps) else "chain"
        plan = _Plan(pipeline, steps, ends, style)
        out = {}
        if pipeline.description and not root:
            out["description"] = pipeline.description
        if style == "needs":
            out["style"] = "needs"
        if pipeline.call is not None:
            at = self.span(pipeline.call.place())
            out["spans"] = {"dag": at, "steps": at} if root else {"steps": at}
        if style == "chain":
            out["start_at"] = plan.names[id(plan.start)]
        out["steps"] = [self.step(row, plan) for row in plan.rows]
        return out

    def step(self, row, plan):
        step, following = row
        name = plan.names[id(step)]
        out, spans = {"type": step.kind, "name": name}, {}
        if step.call is not None:
            spans["name"] = self.span(_name_place(step))
        if plan.style == "needs":
            if step.next:
                raise DefinitionError(f'"{name}" has a next step, in a pipeline whose steps have needs; use only needs', "RR0205", _at(step, "next_node"))
            if step.needs:
                out["needs"] = [plan.name_of(n, step) for n in step.needs]
                self.elements(spans, step, "needs", len(step.needs))
        else:
            to = step.next or following
            out["next"] = plan.name_of(to, step) if to else "success"
            if step.call is not None and step.call.node() is not None and step.call.argument("next_node") is not None:
                spans["next"] = self.span(step.call.argument_place("next_node"))
        handler = plan.handlers.get(id(step))
        if handler:
            out["on_failure"] = handler
            if step.call is not None:
                spans["on_failure"] = self.span(step.call.argument_place("on_failure"))
        if isinstance(step, Task):
            self.task(step, out, spans)
        elif isinstance(step, Stub):
            self.catalog(step, out, spans)
        elif isinstance(step, PipelineTask):
            self.nested(step, out, spans)
        elif isinstance(step, Composite):
            self.composite(step, out, spans)
        self.settings(step, out, spans)
        out["spans"] = spans
        return out

    def task(self, step, out, spans):
        out["command_type"], out["command"] = step.command_type, step.command
        self.commands.append(step.command)
        if step.stream_end:
            out["stream_end_type"] = step.stream_end
        if step.options:
            out["optional_ploomber_args"] = step.options
        if step.inputs:
            out["inputs"] = step.inputs
            self.elements(spans, step, "inputs", len(step.inputs))
        if step.returns:
            out["returns"] = [_trim({"name": r.name, "kind": "" if r.kind == "json" else r.kind, "key": r.key}) for r in step.returns]
            self.elements(spans, step, "returns", len(step.returns))
        if step.secrets:
            out["secrets"] = step.secrets
            self.elements(spans, step, "secrets", len(step.secrets))
        self.catalog(step, out, spans)
        if step.retry and (step.retry.get("limit") or len(step.retry) > 1):
            out["retry"] = step.retry
        if step.timeout is not None:
            out["timeout"] = step.timeout
        if step.cache:
            out["cache"] = True

    def nested(self, step, out, spans):
        self.word(step, out, spans, "definition")
        if step.pods:
            self.word(step, out, spans, "pods")
        for key in ("inputs", "returns"):
            if getattr(step, key):
                out[key] = getattr(step, key)
                self.elements(spans, step, key, len(out[key]))

    def catalog(self, step, out, spans):
        c = step.catalog
        if c is None:
            return
        made = _trim({"get": c.get, "put": c.put})
        if not c.store_copy:
            made["store_copy"] = False
        out["catalog"] = made
        if step.call is not None:
            spans["catalog"] = self.span(step.call.argument_place("catalog"))

    def composite(self, step, out, spans):
        self.depth += 1
        if self.depth > 200:
            raise DefinitionError("composites are nested more than 200 deep", place=_at(step))
        if isinstance(step, (Parallel, Conditional)):
            if isinstance(step, Conditional):
                self.either(step, out, spans, "parameter", "expression")
                if step.default:
                    out["default"] = step.default
            out["branches"] = []
            for name, p in step.branches.items():
                made = {"name": name, **self.graph(p)}
                at = _branch_place(step, name)
                if at is not None:
                    made.setdefault("spans", {})["name"] = self.span(at)
                out["branches"].append(made)
        elif isinstance(step, Map):
            self.either(step, out, spans, "iterate_on", "iterate_over")
            self.word(step, out, spans, "iterate_as")
            if step.reducer:
                self.word(step, out, spans, "reducer")
                self.commands.append(step.reducer)
            if step.parallelism:
                out["parallelism"] = step.parallelism
            out["branch"] = self.graph(step.branch)
        elif isinstance(step, Loop):
            out["max_iterations"] = step.max_iterations
            self.either(step, out, spans, "break_on", "break_when")
            self.word(step, out, spans, "index_as")
            out["branch"] = self.graph(step.branch)
        if step.fail_fast:
            out["fail_fast"] = True
        if step.pods:
            self.word(step, out, spans, "pods")
        self.depth -= 1

    def either(self, step, out, spans, key, instead):
        self.word(step, out, spans, key if getattr(step, key) else instead)

    def word(self, step, out, spans, key):
        out[key] = getattr(step, key)
        if step.call is not None:
            spans[key] = self.span(step.call.argument_place(key))

    def settings(self, step, out, spans):
        for key in ("env", "image", "python", "packages", "resources", "overrides", "targets", "ignore"):
            value = getattr(step, key)
            if value:
                out[key] = value
        self.elements(spans, step, "packages", len(step.packages))
        self.elements(spans, step, "overrides", len(step.overrides))
        self.elements(spans, step, "targets", len(step.targets))
        if step.targets and step.call is not None:
            written = getattr(step.call.argument("targets"), "values", [])
            for i, (settings, node) in enumerate(zip(step.targets.values(), written)):
                self.inside(spans, step.call.file, f"targets.{i}", settings, node)
        self.elements(spans, step, "ignore", len(step.ignore))

    def inside(self, spans, file, at, value, node):
        """The places of the keys and items of a value that was written out, by JSON pointers."""
        keys, elts, rows = getattr(node, "keys", ()), getattr(node, "elts", ()), []
        if isinstance(value, dict) and len(value) == len(keys) and all(isinstance(k, str) for k in value):
            rows = [(key.replace("~", "~0").replace("/", "~1"), value[key], k, n) for key, k, n in zip(value, keys, node.values)]
        elif isinstance(value, (list, tuple)) and len(value) == len(elts):
            rows = [(i, item, n, n) for i, (item, n) in enumerate(zip(value, elts))]
        for key, item, written, inner in rows:
            if written is not None:
                spans[f"{at}/{key}"] = self.span(place_of(file, written))
            self.inside(spans, file, f"{at}/{key}", item, inner)

    def elements(self, spans, step, key, n):
        """The places of the elements of a list, or of the keys of a mapping, that was written out."""
        if step.call is None:
            return
        node = step.call.argument(key)
        parts = getattr(node, "elts", None) or getattr(node, "keys", None) or []
        for i in range(n):
            if len(parts) == n and parts[i] is not None:
                spans[f"{key}.{i}"] = self.span(place_of(step.call.file, parts[i]))
            else:
                spans[f"{key}.{i}"] = self.span(step.call.argument_place(key))


class _Plan:
    """The steps of one graph with their names and what follows each: those of the list, then those that handle
    failures. A step that handles a failure may stand in the list, too: then it has its place there."""

    def __init__(self, pipeline, steps, end, style):
        self.style, self.handlers, self.names = style, {}, {}
        seen = Counter(id(s) for s in steps)
        twice = next((s for s in steps if seen[id(s)] > 1), None)
        if twice is not None:
            raise DefinitionError(f'the step "{twice.name or twice.default_name()}" is twice in one pipeline; create a second one', "RR0154", _at(twice))
        side = self._handlers(steps, style)
        main = [s for s in steps if id(s) not in side]
        if not main:
            raise DefinitionError("every step of the pipeline handles a failure; none is left to start with", "RR0204", _at(steps[0]))
        self.start = main[0]
        after = {id(s): following for s, following in zip(main, main[1:] + [end])}
        after.update((key, following) for key, (_, following) in side.items())
        listed_too = set(seen)
        rows = steps + [s for s, _ in side.values() if id(s) not in listed_too]
        self.rows = [(s, after[id(s)]) for s in rows]
        self._name()
        for key, to in self.handlers.items():
            if isinstance(to, Step):
                self.handlers[key] = self.names[id(to)]

    def _handlers(self, steps, style):
        """The steps that handle failures, with what follows each; handlers have handlers."""
        side, queue = {}, list(steps)
        while queue:
            step = queue.pop(0)
            handler = as_handler(step.on_failure)
            self.handlers[id(step)] = handler
            if handler is None or isinstance(handler, str):
                continue
            inner, end = _steps_of(handler)
            if style == "needs" and len(inner) > 1:
                raise DefinitionError("in a pipeline whose steps have needs, a failure is handled by one step; put several into a Parallel, Map or Loop", "RR0208", _at(step, "on_failure"))
            self.handlers[id(step)] = inner[0]
            for s, following in zip(inner, inner[1:] + [end]):
                if id(s) not in side:
                    side[id(s)] = (s, following)
                    if s not in steps:
                        queue.append(s)
        return side

    def _name(self):
        """Gives names to the steps without one: that of their function or command, numbered where it is taken."""
        given = {}
        for step, _ in self.rows:
            if step.name:
                if step.name in given and given[step.name] is not step:
                    raise DefinitionError(f'two steps of the pipeline are called "{step.name}"; give each another name', "RR0154", _at(step, "name"))
                given[step.name] = step
        taken = Counter(given)
        taken = set(taken) | {"success", "fail"}
        for step, _ in self.rows:
            name, n = step.name or step.default_name(), 2
            if not step.name:
                plain = name
                while name in taken:
                    name, n = f"{plain} {n}", n + 1
                taken.add(name)
            self.names[id(step)] = name

    def name_of(self, to, step):
        if isinstance(to, Terminal):
            return to.name
        if isinstance(to, str):
            return to
        if id(to) not in self.names:
            known = listed(self.names.values())
            raise DefinitionError(f'"{self.names[id(step)]}" leads to or needs the step "{to.name or to.default_name()}", which is not in its pipeline; there are {known}', "RR0104", _at(step))
        return self.names[id(to)]


def _steps_of(pipeline):
    """The steps of a pipeline, and where its last one leads when it does not say."""
    steps, end = pipeline.steps, ""
    if isinstance(steps[-1], Terminal):
        return steps[:-1], steps[-1]
    return steps, end


def _name_place(step):
    for key in ("name", getattr(step, "argument", "name")):
        if step.call.argument(key) is not None:
            return step.call.argument_place(key)
    return step.call.place()


def _at(step, argument="name"):
    return step.call.argument_place(argument) if step.call is not None else None


def _branch_place(step, name):
    node = step.call.argument("branches") if step.call is not None else None
    for key in getattr(node, "keys", None) or []:
        if key is not None and getattr(key, "value", None) == name:
            return place_of(step.call.file, key)
    if name == "default" and step.call is not None and step.call.argument("default") is not None:
        return step.call.argument_place("default")
    return None


def _declared(name, p):
    out = {"name": name, **_trim({"type": p.type, "help": p.help, "required": p.required, "choices": p.choices})}
    for key in ("default", "minimum", "maximum"):
        value = getattr(p, key)
        if value is not ... and (value is not None or key == "default"):
            out[key] = value
    return out


def _trim(mapping):
    return {k: x for k, x in mapping.items() if x}

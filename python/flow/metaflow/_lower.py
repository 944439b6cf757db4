"""A flow as the graph that every target runs (package ir).

Steps that follow one another hand their artifacts on in one parameter, their lane. A split gives each branch a lane of its
own, and so does a foreach its elements; the join reads these lanes and goes on with the one before the split. A switch is a
conditional up to the step where its cases meet again, a step that may come after itself a loop.
"""
import json

from . import _packages
from ._decorators import decorator_of
from ._settings import allows_nothing, settings

ARTIFACTS = "artifacts"
MOST_ITERATIONS = 1_000_000
MOST_STEPS = 100_000


class TooLarge(ValueError):
    """Cases of switches that overlap were written out more often than makes sense."""


class Lowering:
    """graph has been checked; module is that of the flow, shown names files as the user does. project is what steps see of the
    flow's."""

    def __init__(self, graph, module, parameters, shown, configs, project):
        self.graph, self.module, self.parameters, self.shown, self.configs = graph, module, parameters, shown, configs
        self.project = project
        self.meets, self.files, self.made = graph.meets(), [], 0
        self.root = ARTIFACTS if ARTIFACTS not in parameters else f"{ARTIFACTS} of {graph.cls.__name__}"

    def document(self, head, places):
        """The whole text; places are those of what the head holds, by its path."""
        steps = self.sequence(self.graph.start, None, self.root, self.root, None)
        place = self.graph.nodes[self.graph.start].place()
        graph = _chain(steps)
        graph["spans"] = {"dag": self.span(place), "steps": self.span(place), **{k: self.span(p) for k, p in places.items()}}
        return json.dumps({"runnable_ir": 1, **head, "files": self.files, **graph}, allow_nan=False)

    def span(self, p):
        name = self.shown(p.file)
        if name not in self.files:
            self.files.append(name)
        at = [self.files.index(name), p.line, p.col]
        return at + [p.end_line, p.end_col] if p.end_line else at

    def sequence(self, name, stop, before, lane, split):
        """The steps from one on, up to stop. before is the lane that the first reads, lane the one that they write; split
        is the foreach whose elements the first one gets, or None."""
        out = []
        while name != stop and name is not None:
            self.made += 1
            if self.made > MOST_STEPS:
                raise TooLarge(f"the cases of the switches share so many steps that the flow would have more than {MOST_STEPS} of them")
            n = self.graph.nodes[name]
            out += self.step(n, before, lane, split)
            name = self.follow(n, lane, out)
            before, split = lane, None
        return out

    def follow(self, n, lane, out):
        """Adds what a step leads to before its ways meet again; returns the step where they meet."""
        meet = self.graph.joins.get(n.name) or self.meets[n.name]
        if n.kind == "split":
            out.append(self.composite(n, "parallel", f"{n.name}-split", branches=[self.branch(t, meet, lane) for t in n.targets]))
        elif n.kind == "foreach":
            target = n.targets[0]
            body = _chain(self.sequence(target, meet, lane, _own(target), n.name))
            out.append(self.composite(n, "map", target, iterate_on=f"items of {n.name}", iterate_as=f"item of {n.name}", branch=body))
        elif n.kind == "switch" and (not n.loops or len(n.after()) > 1):
            arms = [{"name": t, **_chain(self.sequence(t, meet, lane, lane, None))} for t in n.after()]
            out.append(self.composite(n, "conditional", f"{n.name}-switch", parameter=f"case of {n.name}", branches=arms))
        return meet

    def branch(self, target, meet, lane):
        return {"name": target, **_chain(self.sequence(target, meet, lane, _own(target), None))}

    def composite(self, n, kind, name, **keys):
        return {"type": kind, "name": name, **keys, "spans": {"name": self.span(n.tail_place())}}

    def step(self, n, before, lane, split):
        task = self.task(n, before, lane, split)
        handler = self.handler(n, task)
        if n.loops:
            body = _chain([task])
            loop = self.composite(n, "loop", n.name, max_iterations=MOST_ITERATIONS, break_on=f"done of {n.name}", index_as=f"iteration of {n.name}", branch=body)
            return [loop]
        return [task, handler] if handler else [task]

    def task(self, n, before, lane, split):
        join = n.arguments > 1 and n.name != self.graph.start
        flow, inputs = {"lane": lane}, {}
        if join:
            source = self.opened(n)
            flow["join"] = "foreach" if self.graph.nodes[source].kind == "foreach" else "split"
            flow["lanes"] = [_own(t) for t in self.graph.nodes[source].targets]
            inputs["inputs"] = flow["lanes"]
            if flow["join"] == "foreach" and allows_nothing(self.graph.cls, source):
                flow["empty"], inputs["self"] = True, lane
        elif n.name != self.graph.start or n.loops:
            flow["lanes"] = [before]
            inputs["self"] = list(dict.fromkeys([before, lane])) if n.loops else before
        if n.name == self.graph.start:
            flow["start"] = True
            inputs.update({p.name: p.name for p in self.parameters.values()})
        if split:
            flow["item"] = inputs["input"] = f"item of {split}"
        returns = [{"name": lane}]
        if n.kind == "foreach":
            flow["items"] = f"items of {n.name}"
            returns.append({"name": flow["items"]})
            if allows_nothing(self.graph.cls, n.name):
                flow["empty"] = True
        if n.kind == "switch":
            flow["case"] = f"case of {n.name}"
            returns.append({"name": flow["case"]})
        if n.loops:
            flow["done"], flow["iteration"], flow["most"] = f"done of {n.name}", f"iteration of {n.name}", MOST_ITERATIONS
            returns.append({"name": flow["done"]})
            inputs["iteration"] = flow["iteration"]
        out = {"type": "task", "name": n.name, "command_type": "metaflow", "command": f"{self.module}.{self.graph.cls.__qualname__}.{n.name}"}
        if n.kind != "end":
            flow["targets"] = n.after()
        cards = [d.attributes for d in n.function.decorators if d.name == "card"]
        if cards:
            flow["cards"] = [{k: str(a[k]) for k in ("id", "type") if a.get(k)} for a in reversed(cards)]
        if self.configs:
            flow["configs"] = self.configs
        if self.project:
            flow["project"] = self.project
        out.update({"flow": flow, "returns": returns}, **_inputs(inputs), **settings(n, flow), **_packages.settings(n, self.graph.cls))
        out["spans"] = {"name": self.span(n.place())}
        return out

    def opened(self, join):
        return next(s for s, j in self.graph.joins.items() if j == join.name)

    def handler(self, n, task):
        """What runs for a step with @catch whose process died: it goes on with what the step was given."""
        catch = decorator_of(n.function, "catch")
        if catch is None:
            return None
        task["on_failure"] = f"{n.name}-catch"
        keep = ("type", "command_type", "command", "returns", "inputs", "env", "image", "python", "packages")
        return {**{k: v for k, v in task.items() if k in keep}, "name": f"{n.name}-catch", "flow": {**task["flow"], "caught": True}, "spans": {"name": self.span(n.place())}}


def _inputs(names):
    """What a task reads, by argument: a parameter or a list of such."""
    made = [{"arg": a, "from": [n]} if isinstance(n, str) else {"arg": a, "from": n, "list": True} for a, n in names.items()]
    return {"inputs": made} if made else {}


def _own(target):
    """The lane of a branch, or of the elements of a foreach, by its first step."""
    return f"{ARTIFACTS} of {target}"


def _chain(steps):
    """A graph of steps that come one after the other; one that handles a failure goes on with the next."""
    main = [s for s in steps if not s.get("flow", {}).get("caught")]
    after = {s["name"]: t["name"] for s, t in zip(main, main[1:])}
    for i, s in enumerate(steps):
        ahead = steps[i - 1]["name"] if s.get("flow", {}).get("caught") else s["name"]
        s["next"] = after.get(ahead, "success")
    return {"start_at": main[0]["name"] if main else "success", "steps": steps}

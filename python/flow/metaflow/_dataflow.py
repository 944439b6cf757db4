"""What Metaflow does not tell of a flow before it runs: artifacts that are read and were never written, and merges that conflict.

Nothing is said where it could be wrong: what a step asks for by hasattr or reads within a try counts as known to it, and a step
that hands itself to other code, or sets attributes by computed names, may write anything.
"""
import ast

from ._decorators import STEP, decorator_of
from ._flowspec import FlowSpec
from ._lint import Finding
from ._syntax import Body, constant_of


class _State:
    """The artifacts at one point of the flow. every: those that are there on each way to it; some: on one way at least;
    constants: the values of those that are known. all: there may be any."""

    def __init__(self, every=(), some=(), constants=(), all=False):
        self.every, self.some, self.constants, self.all = set(every), set(some), dict(constants), all


def warnings(graph):
    """A finding for each artifact that a step reads, or goes by, and that is not there; and for each merge that cannot be done."""
    if any(c.__module__.partition(".")[0] != "metaflow" and "__getattr__" in c.__dict__ or c.__name__ == "StandInClass" for c in graph.cls.__mro__):
        return []
    try:
        return _Flow(graph).findings()
    except RecursionError:  # an expression of a generated flow, which nests deeper than Python follows
        return []


class _Flow:
    def __init__(self, graph):
        self.graph, self.methods, self.told = graph, {}, []
        self.after, self.ways = {}, {}  # of each step that a run may come to: what it leaves, and the steps that lead to it
        self.bodies = {n.name: Body(n.tree, self.method) for n in graph.nodes.values()}
        for n in graph.nodes.values():
            self.bodies[n.name].wild |= bool(n.function.wrappers) or any(d.name not in STEP for d in n.function.decorators)

    def method(self, name):
        """What a method or property of the flow does; None for a step, and for what every flow has."""
        if name not in self.methods:
            self.methods[name] = None  # while it is being read, for one that calls itself
            member = getattr(self.graph.cls, name, None)
            static = isinstance(_member(self.graph.cls, name), (staticmethod, classmethod))
            function = getattr(member, "fget", member)
            code = getattr(function, "__code__", None)
            known = static or hasattr(FlowSpec, name) or getattr(function, "is_step", False)
            raw = _member(self.graph.cls, name)
            if isinstance(raw, property) and raw.fset is not None:  # what is assigned to it goes anywhere
                self.methods[name] = Body(None, self.method)
            elif not known and (hasattr(function, "__wrapped__") or code is None and (callable(raw) or hasattr(type(raw), "__get__"))):
                self.methods[name] = Body(None, self.method)
            elif code is not None and not static and not hasattr(FlowSpec, name) and not getattr(function, "is_step", False):
                self.methods[name] = Body(_tree(code), self.method)
        return self.methods[name]

    def findings(self):
        for name in self.graph.order():
            n = self.graph.nodes[name]
            self.ways[name] = [p for p in self.graph.incoming[name] if p in self.after and self.leads(self.graph.nodes[p], name)]
            if not self.ways[name] and self.graph.incoming[name]:
                continue
            before = self.before(n)
            body = self.bodies[name]
            if not body.wild and not before.all:
                self.reads(n, body, before)
            self.merges(n, body, before)
            self.after[name] = self.leaves(n, body, before)
        return self.told

    def leads(self, n, name):
        """Whether a step may lead to another: a switch on a constant takes one case."""
        value = self.after[n.name].constants.get(n.condition) if n.kind == "switch" and not n.loops else None
        cases = [t for k, t in zip(n.tail.args[0].keys, n.targets) if constant_of(k) == value] if value else []
        return not cases or name in cases

    def before(self, n):
        """What a step begins with. A join begins with nothing but what is the same for the whole flow."""
        parents = [self.after[p] for p in self.ways[n.name]]
        if n.arguments > 1 or not parents:
            return _State()
        return _State(
            set.intersection(*(p.every for p in parents)), set.union(*(p.some for p in parents)),
            {k: v for k, v in parents[0].constants.items() if all(p.constants.get(k) == v for p in parents)}, any(p.all for p in parents),
        )

    def leaves(self, n, body, before):
        writes = set(body.writes)
        catch = decorator_of(n.function, "catch")
        if catch is not None and isinstance(catch.attributes.get("var"), str):
            writes.add(catch.attributes["var"])
        after = _State(before.every | writes, before.some | writes, before.constants, before.all or body.wild)
        for name in writes:
            after.constants[name] = None if n.loops or catch else body.constants.get(name)
        return self.merged(n, body.merges, after)

    def merged(self, n, merges, state):
        """The state with what calls of merge_artifacts have taken over."""
        state = _State(state.every, state.some, state.constants, state.all)
        for m in merges:
            for left in [self.after[p] for p in self.ways[n.name]]:
                taken = {a for a in left.some if (a in m.include if m.include else a not in (m.exclude or ()))}
                state.every |= taken
                state.some |= taken
                state.constants.update(dict.fromkeys(taken - set(state.constants)))
                state.all |= left.all or m.include is None or m.exclude is None
        return state

    # What is wrong.

    def reads(self, n, body, before):
        for r in body.reads:
            if r.name in body.asked or hasattr(self.graph.cls, r.name):
                continue
            if r.of is not None:
                self.read_of_input(n, r)
            elif r.name not in r.before:
                there = self.merged(n, body.merges[: r.merged], before)
                if not there.all and r.name not in there.every:
                    self.read(n, body, there, r)
        for what, name, node in _controls(n):
            if name not in before.every | body.writes and not hasattr(self.graph.cls, name) and name not in body.asked:
                some = "and an earlier step sets it only on some paths" if name in before.some else "and no earlier step sets it"
                self.say(n, "RR0727", node, f'step "{n.name}" uses self.{name} for its {what}, {some}; set it in this step')

    def read(self, n, body, before, r):
        """A read of an artifact that need not be there."""
        what = f'step "{n.name}" reads self.{r.name}'
        if r.name in before.some:
            if r.certain:
                self.say(n, "RR0726", r.node, f"{what}, which is written on some paths to it, but not on {self.lacking(n, r.name)}; write it on each, or ask with hasattr")
        elif r.name not in body.writes:
            self.say(n, "RR0726", r.node, f"{what}, which no earlier step sets{self.where(n, r.name)}")
        elif r.certain:
            self.say(n, "RR0726", r.node, f"{what} before anything has written it")

    def lacking(self, n, name):
        """The path on which an artifact is not written."""
        return "the path through " + " and ".join(f'"{p}"' for p in self.ways[n.name] if name not in self.after[p].every)

    def where(self, n, name):
        if n.arguments > 1:
            return "; a join takes artifacts from its inputs, as in inputs[0].x or self.merge_artifacts(inputs)"
        joins = [j for j in self.after if self.graph.nodes[j].arguments > 1 and any(name in self.after[p].some for p in self.ways[j])]
        if joins:
            return f'; it does not go through the join "{joins[-1]}", which has to take it from its inputs or merge it'
        from runnable._errors import near

        return near(name, set().union(*(b.writes for b in self.bodies.values()))) or "; write it in a step before"

    def read_of_input(self, n, r):
        """A read of an input of a join: of each (*), of one that is told by its number (empty), or of a branch."""
        parents = self.ways[n.name]
        if not r.certain or r.of not in ("*", "", *parents) or any(self.after[p].all for p in parents):
            return
        lack = [p for p in parents if r.of in ("*", p) and r.name not in self.after[p].every]
        if r.of == "" and all(r.name not in self.after[p].some for p in parents):
            lack = parents
        if lack:
            whole = all(r.name not in self.after[p].some for p in lack)
            self.say(n, "RR0726", r.node, f'step "{n.name}" reads {r.name} of its input "{lack[0]}", where it is not written{"" if whole else " on every way"}')

    def merges(self, n, body, before):
        lefts = [(p, self.after[p]) for p in self.ways[n.name]]
        if n.arguments < 2 or body.wild or any(left.all for _, left in lefts):
            return
        for m in body.merges:
            if m.include is None or m.exclude is None:
                continue
            known = lambda name: name in m.before or name in body.asked or hasattr(self.graph.cls, name)
            for name in m.include:
                if not known(name) and all(name not in left.some for _, left in lefts):
                    self.say(n, "RR0728", m.node, f'step "{n.name}" merges {name!r}, which none of its inputs has')
            names = m.include or sorted(set().union(*(left.some for _, left in lefts)) - set(m.exclude))
            for name in names:
                values = {left.constants.get(name): p for p, left in lefts if name in left.every}
                if not known(name) and len(values) > 1 and None not in values:
                    of = " and ".join(f'"{p}"' for p in values.values())
                    self.say(n, "RR0728", m.node, f'step "{n.name}" merges {name!r}, which differs between {of}; set it before merge_artifacts, or exclude it')

    def say(self, n, code, node, text):
        from runnable._places import place_of

        at = place_of(n.file, node)
        if all((f.place.line, f.place.col, f.code) != (at.line, at.col, code) for f in self.told):
            self.told.append(Finding(code, at, text))


def _controls(n):
    """(what, artifact, where) a step goes by in self.next."""
    for k in n.tail.keywords if n.tail is not None else ():
        if k.arg in ("foreach", "condition") and isinstance(k.value, ast.Constant) and isinstance(k.value.value, str):
            yield ("foreach" if k.arg == "foreach" else "switch"), k.value.value, k.value


def _member(cls, name):
    return next((c.__dict__[name] for c in cls.__mro__ if name in c.__dict__), None)


def _tree(code):
    from ._graph import function_at

    return function_at(code.co_filename, code.co_name, code.co_firstlineno)

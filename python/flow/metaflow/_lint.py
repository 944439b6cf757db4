"""Whether a graph is one that can be run: Metaflow's rules, each with a code of its own, and the place of what breaks it."""
import re

from ._decorators import decorator_of
from ._graph import RESERVED

_FORMS = "self.next(self.a), self.next(self.a, self.b), self.next(self.a, foreach='items') and self.next({'x': self.a, 'y': self.b}, condition='name')"


class Finding:
    def __init__(self, code, place, text, notes=()):
        self.code, self.place, self.text, self.notes = code, place, text, notes


def lint(graph):
    """What is wrong with a graph; nothing where it can be run."""
    found = []
    for check in (_names, _ends, _arguments, _transitions, _shape, _balance):
        check(graph, found)
        if found:
            break
    return found


def _names(graph, found):
    for n in graph.nodes.values():
        if n.name in RESERVED:
            found.append(Finding("RR0701", n.place(), f'a step must not be called "{n.name}", which every flow has already; choose another name'))
        elif re.search("[^a-z0-9_]", n.name) or n.name[0] == "_":
            found.append(Finding("RR0706", n.place(), f'a step must not be called "{n.name}"; names of steps are lower-case letters, digits and underscores, and begin with no underscore'))


def _ends(graph, found):
    from runnable._places import Place

    first = next(iter(graph.nodes.values()), None)
    for mark, which, name in (("is_start", "start", graph.start), ("is_end", "end", graph.end)):
        marked = graph.marked(mark)
        if len(marked) > 1:
            found.append(Finding("RR0702", graph.nodes[marked[1]].place(), f"{len(marked)} steps are marked with @step({which}=True): {', '.join(marked)}; mark exactly one"))
        elif name is None:
            place = first.place() if first else Place(graph.cls.__dict__.get("__file__", ""), 1)
            found.append(Finding("RR0702", place, f'the flow "{graph.cls.__name__}" has no {which} step; call a step "{which}", or mark it with @step({which}=True)'))
        elif name != which and which in graph.nodes:
            found.append(Finding("RR0703", graph.nodes[which].place(), f'"{name}" is marked with @step({which}=True), and another step is called "{which}"; rename that one, or remove the mark'))
    if found:
        return
    end = graph.nodes[graph.end]
    if graph.incoming[graph.start]:
        into = ", ".join(graph.incoming[graph.start])
        found.append(Finding("RR0704", graph.nodes[graph.start].place(), f'the start step "{graph.start}" has steps before it: {into}; nothing may lead to it'))
    if end.tail is not None:
        found.append(Finding("RR0705", end.tail_place(), f'the end step "{graph.end}" has a self.next(); remove it'))
    elif end.arguments > 1 and graph.start != graph.end:
        found.append(Finding("RR0705", end.place(), f'the end step "{graph.end}" must not be a join (it takes an extra argument); put a join before it'))


def _arguments(graph, found):
    for n in graph.nodes.values():
        if n.arguments > 2:
            found.append(Finding("RR0707", n.place(), f'step "{n.name}" has too many arguments; a step takes self, and a join self and inputs'))
        elif n.arguments == 0:
            found.append(Finding("RR0707", n.place(), f'step "{n.name}" lacks the argument self'))
        elif n.arguments == 2 and n.kind in ("split", "foreach", "switch"):
            found.append(Finding("RR0707", n.place(), f'step "{n.name}" is a join (it takes an extra argument) and leads to several steps; put a step between them'))


def _transitions(graph, found):
    for n in graph.nodes.values():
        if n.name == graph.end:
            continue
        if n.tail is None:
            found.append(Finding("RR0708", n.place(), f'step "{n.name}" has no self.next() to the next step; add one as the last line of the function, outside of any if or loop'))
        elif not n.valid:
            found.append(Finding("RR0709", n.tail_place(), f'step "{n.name}" has a self.next() that cannot be read; the forms are {_FORMS}, with steps written out and keys that are strings, numbers or self.config.key'))
        else:
            twice = next((t for t in n.targets if n.targets.count(t) > 1), None)
            if n.kind == "split" and twice:
                found.append(Finding("RR0709", n.tail_place(), f'step "{n.name}" leads to "{twice}" twice; name each branch once'))
            for t in n.targets:
                if t not in graph.nodes:
                    from runnable._errors import near

                    found.append(Finding("RR0710", n.tail_place(), f'step "{n.name}" leads to "{t}", which is not a step of the flow{near(t, graph.nodes)}'))
                    break
            if n.kind == "switch" and len(n.targets) < 2:
                found.append(Finding("RR0714", n.tail_place(), f'the switch of step "{n.name}" has one case; write at least two, or self.next(self.{n.targets[0]})'))
        _gang(graph, n, found)


def _gang(graph, n, found):
    parallel = decorator_of(n.function, "parallel") is not None
    if n.gang:
        for t in n.targets:
            if t in graph.nodes and decorator_of(graph.nodes[t].function, "parallel") is None:
                found.append(Finding("RR0716", n.tail_place(), f'step "{t}" is called with num_parallel and has no decorator @parallel; add it'))
                return
        found.append(Finding("RR0721", n.tail_place(), f'step "{n.name}" starts a gang by num_parallel, whose tasks need one another\'s addresses; no target of runnable-render starts such a gang. Use foreach if the tasks do not communicate'))
    elif parallel and all(not graph.nodes[p].gang for p in graph.incoming[n.name]):
        found.append(Finding("RR0718", n.place(), f'step "{n.name}" has the decorator @parallel and is not called with self.next(self.{n.name}, num_parallel=…); remove the decorator'))


def _shape(graph, found):
    loop = _cycle(graph)
    if loop:
        found.append(Finding("RR0711", graph.nodes[loop[-2]].tail_place(), f"the flow has a cycle: {' -> '.join(loop)}; only a switch may lead back, and only to its own step"))
        return
    reached, stack = {graph.start}, [graph.start]
    while stack:
        for t in graph.nodes[stack.pop()].after():
            if t not in reached:
                reached.add(t)
                stack.append(t)
    for n in graph.nodes.values():
        if n.name not in reached:
            found.append(Finding("RR0712", n.place(), f'nothing leads from "{graph.start}" to step "{n.name}"; lead to it by a self.next(), or remove it'))


def _cycle(graph):
    """The names on a cycle, the first again at the end; None where there is none."""
    done, path, on_path = set(), [], set()
    for root in graph.nodes:
        stack = [(root, iter(graph.nodes[root].after()))] if root not in done else []
        if stack:
            path.append(root)
            on_path.add(root)
        while stack:
            name, rest = stack[-1]
            t = next(rest, None)
            if t is None:
                stack.pop()
                path.pop()
                on_path.discard(name)
                done.add(name)
            elif t in on_path:
                return path[path.index(t) :] + [t]
            elif t not in done:
                stack.append((t, iter(graph.nodes[t].after())))
                path.append(t)
                on_path.add(t)
    return None


def _balance(graph, found):
    """Splits and joins nest. splits holds, for each step, the open splits around it as (split, branch); graph.joins then the
    join of each split."""
    splits = {graph.start: ()}
    for name in graph.order():
        n = graph.nodes[name]
        if name != graph.start and not _enter(graph, n, splits, found):
            return
        if name == graph.end and splits[name]:
            roots = [s for s, _ in splits[name]]
            found.append(Finding("RR0713", n.place(), f'the end step "{name}" is reached before what step "{roots[-1]}" split is joined; put a join (a step with self and inputs) before it', [("the split is here", graph.nodes[roots[-1]].tail_place())]))


def _enter(graph, n, splits, found):
    ways = []
    for p in graph.incoming[n.name]:
        parent = graph.nodes[p]
        if n.arguments > 1 and parent.kind == "switch":
            found.append(Finding("RR0720", parent.tail_place(), f'the switch of step "{p}" leads straight to the join "{n.name}"; put a step between the two'))
            return False
        if n.arguments > 1 and parent.kind == "foreach":
            found.append(Finding("RR0715", parent.tail_place(), f'the foreach of step "{p}" has no step of its own: the join "{n.name}" follows at once; put a step between the two'))
            return False
        ways.append(splits[p] + (((p, n.name),) if parent.kind in ("split", "foreach") else ()))
    if n.arguments < 2:
        if any(w != ways[0] for w in ways):
            return _unbalanced(graph, n, found, f'step "{n.name}" is reached from several branches that are not joined; make it a join (with self and inputs), or put one before it')
        splits[n.name] = ways[0]
        return True
    if not all(ways):
        return _unbalanced(graph, n, found, f'step "{n.name}" seems to be a join (it takes an extra argument), and no split comes before it')
    if any(w[:-1] != ways[0][:-1] or w[-1][0] != ways[0][-1][0] for w in ways):
        return _unbalanced(graph, n, found, f'step "{n.name}" joins branches of different splits; a join closes one split')
    split = ways[0][-1][0]
    lacking = [t for t in graph.nodes[split].targets if t not in {w[-1][1] for w in ways}]
    if lacking:
        return _unbalanced(graph, n, found, f'step "{n.name}" joins what step "{split}" split, and the branch "{lacking[0]}" does not lead to it')
    splits[n.name] = ways[0][:-1]
    if graph.joins.setdefault(split, n.name) != n.name:
        return _unbalanced(graph, n, found, f'step "{n.name}" and step "{graph.joins[split]}" both join what step "{split}" split; one join closes a split')
    return True


def _unbalanced(graph, n, found, text):
    found.append(Finding("RR0713", n.place(), text))
    return False

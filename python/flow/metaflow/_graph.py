"""The graph of a flow, from the syntax of its steps: the last statement of each says what comes next."""
import ast

RESERVED = ("name", "next", "input", "index", "cmd")


class Node:
    """One step."""

    def __init__(self, name, function):
        self.name, self.function = name, function
        self.file, self.tree = function.__code__.co_filename, None
        self.line = function.__code__.co_firstlineno
        self.arguments = function.__code__.co_argcount
        self.kind, self.targets, self.foreach, self.condition, self.gang = None, [], None, None, False
        self.tail = None  # the call of self.next
        self.valid = True
        self._parse()

    def place(self):
        """Where its name is written."""
        from runnable._places import Place, place_of, source

        if self.tree is None:
            return Place(self.file, self.line)
        at = place_of(self.file, self.tree)
        text = source(self.file).lines[at.line - 1].decode("utf-8", "replace")
        col = text.find(self.name, text.find("def")) + 1
        return Place(self.file, at.line, col, at.line, col + len(self.name)) if col else Place(self.file, at.line)

    def tail_place(self):
        from runnable._places import place_of

        return place_of(self.file, self.tail) if self.tail is not None else self.place()

    @property
    def loops(self):
        """Reports whether the step may come after itself."""
        return self.kind == "switch" and self.name in self.targets

    def after(self):
        """The steps that may come next, each once, without itself."""
        return [t for t in dict.fromkeys(self.targets) if not (self.loops and t == self.name)]

    def _parse(self):
        self.tree = function_at(self.file, self.function.__name__, self.line)
        if self.tree is not None:
            self._transition(self.tree.body[-1])

    def _transition(self, tail):
        if not isinstance(tail, ast.Expr) or not isinstance(tail.value, ast.Call) or ast.unparse(tail.value.func) != "self.next":
            return
        call = self.tail = tail.value
        words = {k.arg: k.value for k in call.keywords}
        self.valid = False
        if len(call.args) == 1 and isinstance(call.args[0], ast.Dict) and "condition" in words:
            self._switch(call.args[0], words)
            return
        names = [_step_name(a) for a in call.args]
        if not names or None in names:
            return
        if not words:
            self.targets, self.valid = names, True
            self.kind = "split" if len(names) > 1 else "join" if self.arguments > 1 else "linear"
        elif list(words) == ["foreach"] and len(names) == 1:
            self.kind, self.targets, self.valid, self.foreach = "foreach", names, True, words["foreach"]
        elif list(words) == ["num_parallel"] and len(names) == 1:
            self.kind, self.targets, self.valid, self.gang = "foreach", names, True, True

    def _switch(self, cases, words):
        condition = words["condition"]
        targets = [_step_name(v) for v in cases.values]
        if not (isinstance(condition, ast.Constant) and isinstance(condition.value, str)) or list(words) != ["condition"]:
            return
        if not targets or None in targets or not all(map(_is_key, cases.keys)):
            return
        self.kind, self.targets, self.condition, self.valid = "switch", targets, condition.value, True


_parsed = {}


def function_at(file, name, line):
    """The syntax of the function that begins on a line of a file; None where it cannot be told."""
    for n in _functions(file).get(name, []):
        if line in (n.decorator_list[0].lineno if n.decorator_list else n.lineno, n.lineno):
            return n
    return None


def functions_of(file):
    """The names of the functions of a file."""
    return list(_functions(file))


def _functions(file):
    """The functions of a file by name."""
    if file not in _parsed:
        found = {}
        for n in _nodes(file):
            if isinstance(n, ast.FunctionDef):
                found.setdefault(n.name, []).append(n)
        _parsed[file] = found
    return _parsed[file]


def _nodes(file):
    """What the source of a file holds; nothing where there is none."""
    try:
        with open(file, "rb") as f:
            return ast.walk(ast.parse(f.read(), file))
    except (OSError, SyntaxError, ValueError):
        return ()


def assigned_at(cls, name):
    """The place in the body of a class, or of one that it derives from, at which a name is assigned; None where it cannot be told."""
    import sys

    from runnable._places import place_of

    for c in cls.__mro__:
        file = getattr(sys.modules.get(c.__module__), "__file__", None)
        for n in _nodes(file) if file and name in c.__dict__ else ():
            if isinstance(n, ast.ClassDef) and n.name == c.__name__:
                for s in n.body:
                    if any(isinstance(t, ast.Name) and t.id == name for t in getattr(s, "targets", [getattr(s, "target", None)])):
                        return place_of(file, s)
    return None


def _step_name(node):
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return node.attr
    return None


def _is_key(node):
    """A constant, or a value of a configuration: self.config.key."""
    if isinstance(node, ast.Constant):
        return node.value is not None
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and isinstance(node.value.value, ast.Name) and node.value.value.id == "self"


class Graph:
    """The steps of a flow. start and end are names; None where they cannot be told."""

    def __init__(self, cls):
        self.cls, self.nodes, self.joins = cls, {}, {}  # joins: of each split, as _lint.py finds it
        found = {}
        for name in dir(cls):
            f = getattr(cls, name)
            if getattr(f, "is_step", False):
                found[name] = f
        for name, f in sorted(found.items(), key=lambda item: (item[1].__code__.co_filename, item[1].__code__.co_firstlineno)):
            self.nodes[name] = Node(name, f)
        self.start, self.end = self._edge("is_start", "start"), self._edge("is_end", "end")
        if self.end is not None and self.nodes[self.end].kind is None:
            self.nodes[self.end].kind = "end"
        self.incoming = {n: [] for n in self.nodes}
        for n in self.nodes.values():
            for t in n.after():
                self.incoming.setdefault(t, []).append(n.name)

    def _edge(self, mark, name):
        marked = self.marked(mark)
        if marked:
            return marked[0] if len(marked) == 1 else None
        if name in self.nodes:
            return name
        return next(iter(self.nodes)) if len(self.nodes) == 1 else None

    def marked(self, mark):
        return [n for n, node in self.nodes.items() if getattr(node.function, mark)]

    def order(self):
        """The steps so that each comes after those that lead to it. There is no cycle."""
        waiting, ready, out = {n: len(self.incoming[n]) for n in self.nodes}, [self.start], []
        while ready:
            name = ready.pop()
            out.append(name)
            for t in reversed(self.nodes[name].after()):
                waiting[t] -= 1
                if waiting[t] == 0:
                    ready.append(t)
        return out

    def meets(self):
        """For each step the one at which all ways from it meet first."""
        order = self.order()
        place = {n: i for i, n in enumerate(order)}
        meet = {self.end: None}
        for name in reversed(order):
            at = None
            for i, t in enumerate(self.nodes[name].after()):
                at = t if i == 0 else _common(meet, place, at, t)
            meet[name] = at
        return meet


def _common(meet, place, a, b):
    while a != b:
        if place[a] < place[b]:
            a = meet[a]
        else:
            b = meet[b]
    return a

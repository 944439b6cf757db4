"""What a step does with artifacts, from its syntax: which it reads, where, and which it may write."""
import ast

_HARMLESS = ("hasattr", "getattr", "print", "str", "repr", "isinstance", "type", "id")
_CATCHING = ("AttributeError", "Exception", "BaseException", "MetaflowException")


class Read:
    """One place at which an artifact is read. certain: each run of the step comes to it. before: what the step may have written
    by then; merged: how many merges came before it. of: what it is read from: None for the step itself, else the name of a branch, "*" for
    each input of a join, or "" for one that has a number."""

    def __init__(self, name, node, certain, before, merged, of=None):
        self.name, self.node, self.certain, self.before, self.merged, self.of = name, node, certain, before, merged, of


class Merge:
    """A call of merge_artifacts. include and exclude are names, None where they cannot be told."""

    def __init__(self, node, include, exclude, before):
        self.node, self.include, self.exclude, self.before = node, include, exclude, before


class Body:
    """What the function of a step, or of a method that it calls, does. wild: it may do anything to the artifacts."""

    def __init__(self, tree, method):
        """method gives the Body of another method of the flow by name; None for what is none."""
        self.reads, self.merges, self.writes, self.asked, self.constants, self.wild = [], [], set(), set(), {}, tree is None
        self._method = method
        if tree is None:
            return
        names = [a.arg for a in tree.args.posonlyargs + tree.args.args]
        self.me, self.inputs, self._items = (names or [""])[0], names[1] if len(names) > 1 else None, set()
        self.wild |= not names
        if any(isinstance(n, ast.Name) and n.id == self.inputs and not isinstance(n.ctx, ast.Load) for n in ast.walk(tree)):
            self.inputs = None
        through = self._loops(tree)
        self._rebound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and id(n) not in through}
        self._given = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and not self._is_me(n.value)}
        self._block(tree.body, True)
        self._whole(tree)

    def _loops(self, tree):
        """The names that go through the inputs of a join."""
        loops = [n for n in ast.walk(tree) if isinstance(n, (ast.For, ast.comprehension)) and self._is_inputs(n.iter)]
        return {id(n.target) for n in loops}

    def _whole(self, tree):
        """What counts wherever it stands: names that the step asks for with hasattr, or removes, and what nobody can follow."""
        followed = set()
        for n in ast.walk(tree):
            if isinstance(n, ast.Attribute) and self._is_me(n.value):
                followed.add(id(n.value))
                self.wild |= n.attr in ("__dict__", "__setattr__")
                if isinstance(n.ctx, ast.Del):
                    self.asked.add(n.attr)
            elif isinstance(n, ast.Call) and isinstance(n.func, ast.Name):
                self._call_of_name(n, followed)
            elif isinstance(n, ast.FormattedValue):
                followed.add(id(n.value))
        self.wild |= any(self._is_me(n) and id(n) not in followed for n in ast.walk(tree))

    def _call_of_name(self, call, followed):
        name, args = call.func.id, call.args
        constant = args[1].value if len(args) > 1 and isinstance(args[1], ast.Constant) else None
        if name == "hasattr" and constant:
            self.asked.add(constant)
        if name == "setattr" and args and self._is_me(args[0]) and isinstance(constant, str):
            self.writes.add(constant)
            self.constants[constant] = None
            followed.add(id(args[0]))
        elif name in _HARMLESS and args:
            if name == "getattr" and self._is_me(args[0]):
                self.wild |= not isinstance(constant, str) or self._method(constant) is not None
            followed.add(id(args[0]))
        elif name in ("super", "exec", "eval", "locals", "vars"):
            self.wild = True

    def _is_me(self, n):
        return isinstance(n, ast.Name) and n.id == self.me

    # Statements, in the order in which they run.

    def _statement(self, s, certain):
        if isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._written_in(s)
        elif isinstance(s, ast.Assign):
            self._expression(s.value, certain)
            for t in s.targets:
                self._target(t, s.value if certain else None, certain)
        elif isinstance(s, ast.AnnAssign):
            if s.value is not None:
                self._expression(s.value, certain)
                self._target(s.target, s.value if certain else None, certain)
        elif isinstance(s, ast.AugAssign):
            if self._own(s.target):
                self._read(s.target.attr, s.target, certain)
            self._expression(s.value, certain)
            self._target(s.target, None, certain)
        elif isinstance(s, (ast.If, ast.While)):
            self._expression(s.test, certain)
            self._block(s.body + s.orelse, False)
        elif isinstance(s, (ast.For, ast.AsyncFor)):
            self._expression(s.iter, certain)
            self._bind(s.target, s.iter)
            self._target(s.target, None, certain)
            self._block(s.body, certain and self._is_inputs(s.iter))
            self._block(s.orelse, False)
        elif isinstance(s, (ast.With, ast.AsyncWith)):
            for item in s.items:
                self._expression(item.context_expr, certain)
                if item.optional_vars is not None:
                    self._target(item.optional_vars, None, certain)
            if any("suppress" in ast.dump(item.context_expr) for item in s.items):
                self._guarded(s.body)
            else:
                self._block(s.body, certain)
        elif isinstance(s, ast.Try) or type(s).__name__ == "TryStar":
            self._try(s, certain)
        elif type(s).__name__ == "Match":
            self._expression(s.subject, certain)
            for case in s.cases:
                for n in ast.walk(case.pattern):
                    if isinstance(n, ast.expr):
                        self._expression(n, False)
                if case.guard is not None:
                    self._expression(case.guard, False)
                self._block(case.body, False)
        else:
            for n in ast.iter_child_nodes(s):
                self._expression(n, certain)

    def _block(self, statements, certain):
        for s in statements:
            self._statement(s, certain)
            certain = certain and not any(isinstance(n, (ast.Continue, ast.Break, ast.Return)) for n in ast.walk(s))

    def _try(self, s, certain):
        if any(_catches(h.type) for h in s.handlers):
            self._guarded(s.body)
        else:
            self._block(s.body, certain and not s.handlers)
        for h in s.handlers:
            self._block(h.body, False)
        self._block(s.orelse, False)
        self._block(s.finalbody, certain)

    def _guarded(self, statements):
        """Statements whose failure the step takes: what they read may be missing."""
        reads, merges = list(self.reads), list(self.merges)
        self._block(statements, False)
        self.reads[:], self.merges[:] = reads, merges

    # Expressions.

    def _expression(self, n, certain):
        if isinstance(n, ast.Attribute):
            self._attribute(n, certain)
        elif isinstance(n, ast.Lambda):
            self._written_in(n)
        elif isinstance(n, ast.BoolOp):
            self._expression(n.values[0], certain)
            for v in n.values[1:]:
                self._expression(v, False)
        elif isinstance(n, ast.IfExp):
            self._expression(n.test, certain)
            self._expression(n.body, False)
            self._expression(n.orelse, False)
        elif isinstance(n, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            self._comprehension(n, certain)
        elif isinstance(n, ast.NamedExpr):
            self._expression(n.value, certain)
        elif isinstance(n, ast.Call):
            self._call(n, certain)
        else:
            for child in ast.iter_child_nodes(n):
                self._expression(child, certain)

    def _call(self, n, certain):
        for child in ast.iter_child_nodes(n):
            self._expression(child, certain)
        if isinstance(n.func, ast.Attribute) and self._is_me(n.func.value) and n.func.attr == "merge_artifacts":
            words = {k.arg: k.value for k in n.keywords}
            exclude = words.get("exclude", n.args[1] if len(n.args) > 1 else None)
            include = words.get("include", n.args[2] if len(n.args) > 2 else None)
            if certain and None not in words and n.args and self._is_inputs(n.args[0]):
                self.merges.append(Merge(n, _names(include), _names(exclude), set(self.writes)))
            else:
                self.wild = True

    def _comprehension(self, n, certain):
        items = set(self._items)
        for i, g in enumerate(n.generators):
            self._expression(g.iter, certain and i == 0)
            self._bind(g.target, g.iter)
            for test in g.ifs:
                self._expression(test, False)
        every = certain and len(n.generators) == 1 and not n.generators[0].ifs
        for part in (n.key, n.value) if isinstance(n, ast.DictComp) else (n.elt,):
            for a in ast.walk(part) if every else ():
                if isinstance(a, ast.Attribute) and isinstance(a.value, ast.Name) and a.value.id in self._items and _plainly(part, a):
                    self._read(a.attr, a, True, "*")
            self._expression(part, False)
        self._items = items

    def _attribute(self, n, certain):
        of = self._source(n.value)
        if of is not None:
            self._read(n.attr, n, certain, of)
        elif not self._own(n):
            self._expression(n.value, certain)
        elif isinstance(n.ctx, ast.Load):
            self._read(n.attr, n, certain)

    def _source(self, n):
        """The input of a join that an expression stands for, as in Read; None for something else."""
        if isinstance(n, ast.Attribute) and self._is_inputs(n.value):
            return n.attr
        if isinstance(n, ast.Name) and n.id in self._items:
            return "*"
        return "" if isinstance(n, ast.Subscript) and self._is_inputs(n.value) else None

    def _is_inputs(self, n):
        return isinstance(n, ast.Name) and n.id == self.inputs

    def _bind(self, target, source):
        """A name that goes through the inputs of a join."""
        if isinstance(target, ast.Name):
            if self._is_inputs(source) and target.id not in self._rebound:
                self._items.add(target.id)
            else:
                self._items.discard(target.id)

    def _read(self, name, node, certain, of=None):
        self._ran(name)
        if of is not None and name in self._given:  # the step itself gives it to an input
            return
        self.reads.append(Read(name, node, certain, frozenset(self.writes), len(self.merges), of))

    def _ran(self, name):
        """A method or a property of the flow, which may write artifacts itself."""
        other = self._method(name)
        if other is not None:
            self.wild |= other.wild or bool(other.merges)
            self.writes |= other.writes
            self.constants.update(dict.fromkeys(other.writes))
            self.asked |= other.asked

    def _own(self, n):
        return isinstance(n, ast.Attribute) and self._is_me(n.value)

    def _target(self, t, value, certain):
        if self._own(t):
            self._ran(t.attr)
            self.writes.add(t.attr)
            self.constants[t.attr] = constant_of(value)
        elif isinstance(t, (ast.Tuple, ast.List)):
            for e in t.elts:
                self._target(e, None, certain)
        elif isinstance(t, ast.Starred):
            self._target(t.value, None, certain)
        elif isinstance(t, (ast.Attribute, ast.Subscript)):
            for n in ast.iter_child_nodes(t):
                self._expression(n, certain)

    def _written_in(self, n):
        """What a function within the step writes, whenever it runs."""
        for a in ast.walk(n):
            if self._own(a) and isinstance(a.ctx, ast.Store):
                self.writes.add(a.attr)
                self.constants[a.attr] = None
            elif self._own(a):
                self._ran(a.attr)


def constant_of(n):
    """The type and the value of a constant; None for what is none."""
    return f"{type(n.value).__name__} {n.value!r}" if isinstance(n, ast.Constant) else None


def _plainly(part, a):
    """Whether an attribute is evaluated whenever the expression around it is: no condition, function or comprehension between."""
    stack = [part]
    while stack:
        n = stack.pop()
        if n is a:
            return True
        if not isinstance(n, (ast.IfExp, ast.BoolOp, ast.Lambda, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            stack += ast.iter_child_nodes(n)
    return False


def _names(n):
    """The names of a list that is written out: () for none, None where they cannot be told."""
    if n is None or isinstance(n, ast.Constant) and n.value is None:
        return ()
    if isinstance(n, (ast.List, ast.Tuple, ast.Set)) and all(isinstance(e, ast.Constant) for e in n.elts):
        return tuple(e.value for e in n.elts)
    return None


def _catches(kind):
    if kind is None:
        return True
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(getattr(n, "id", getattr(n, "attr", "")) in _CATCHING for n in names)

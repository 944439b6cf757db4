"""Which libraries a module imports before it does anything else, read from its source. Nothing is imported.

Only what stands before any other code counts: a module that sets a variable of the environment, or puts a folder on
sys.path, may mean the import below it.
"""
import _ast
import os
import sys
import time


class Scan:
    """Finds what modules import; theirs are the folders of sys.path that are the user's, known the names of libraries."""

    def __init__(self, theirs, known):
        self.theirs, self.known, self.folders = theirs, known, Folders()
        self.parsed = {}

    def of(self, module, folders):
        """The known libraries, and parts of them, that a module and the user's modules behind it import at once."""
        walk = _Walk(self, [*folders, *self.theirs])
        if module and self.known:
            walk.enter(module)
        return sorted(walk.found)

    def prologue(self, file):
        try:
            with open(file, "rb") as f:
                source = f.read()
        except OSError:
            return [None]
        if source not in self.parsed:
            self.parsed[source] = prologue(source)
        return self.parsed[source]


class Folders:
    """The names that could be imported from folders, remembered until a folder changes."""

    def __init__(self):
        self._seen = {}

    def names(self, folder):
        try:
            changed = os.stat(folder).st_mtime_ns
            at, names = self._seen.get(folder, (None, None))
            if at != changed or changed > time.time_ns() - 10**9:  # within the clock's tick a change shows no other time
                names = frozenset(n.partition(".")[0] for n in os.listdir(folder))
                self._seen[folder] = changed, names
            return names
        except OSError:
            return frozenset()


class _Walk:
    def __init__(self, scan, roots):
        self.scan, self.roots = scan, roots
        self.found, self.seen, self.going = set(), set(), True

    def enter(self, name):
        """What an import of a dotted name does: it runs its packages, then itself."""
        where, dotted = self.roots, []
        if not any(name.partition(".")[0] in self.scan.folders.names(d) for d in where):
            if name.partition(".")[0] in self.scan.known:
                self.found.add(name)
            return
        for part in name.split("."):
            dotted.append(part)
            file, where = _locate(part, where)
            if file is None and not where:
                return  # what a module holds, or nothing
            if file is not None and ".".join(dotted) not in self.seen:
                self.seen.add(".".join(dotted))
                self.run(file, ".".join(dotted if where else dotted[:-1]))
            if not self.going:
                return

    def run(self, file, package):
        if not file.endswith(".py"):
            self.going = False  # native code of the user's
            return
        for event in self.scan.prologue(file):
            if event is None:
                self.going = False
            if not self.going:
                return
            level, module, names = event
            if level:
                up = package.split(".")[: len(package.split(".")) - level + 1]
                module = ".".join([*up, module] if module else up)
            self.enter(module)
            for n in names:
                if self.going:
                    self.part(module, n)

    def part(self, module, name):
        """from module import name: the name may be a module too."""
        top = module.partition(".")[0]
        if module not in self.found and not any(m.startswith(module + ".") for m in self.found):
            if top not in self.scan.known:
                self.enter(f"{module}.{name}")
            return
        for p in sys.path:
            folder = os.path.join(p, *module.split("."))
            if os.path.isdir(folder):
                if name in self.scan.folders.names(folder):
                    self.found.add(f"{module}.{name}")
                elif self.scan.known[top] and self.scan.known[top].lazy:
                    self.found.add(f"{module}:{name}")
                return


def _locate(part, folders):
    """The file of a module and, of a package, its folders."""
    spaces = []
    for d in folders:
        inner = os.path.join(d, part)
        if os.path.isfile(os.path.join(inner, "__init__.py")):
            return os.path.join(inner, "__init__.py"), [inner]
        if os.path.isfile(inner + ".py"):
            return inner + ".py", None
        if os.path.isdir(inner):
            spaces.append(inner)
        else:
            for n in _native(d, part):
                return os.path.join(d, n), None
    return None, spaces


def _native(folder, part):
    try:
        return [n for n in os.listdir(folder) if n.startswith(part + ".") and n.endswith(".so")]
    except OSError:
        return []


def prologue(source):
    """The imports that a module begins with, as (level, module, names), and None where other code follows."""
    try:
        body = compile(source, "module", "exec", _ast.PyCF_ONLY_AST, True).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [None]
    return _imports(body)


def _imports(body):
    out = []
    for s in body:
        if isinstance(s, _ast.Import):
            out += [(0, a.name, ()) for a in s.names]
        elif isinstance(s, _ast.ImportFrom):
            out.append((s.level, s.module or "", tuple(a.name for a in s.names)))
        elif isinstance(s, _ast.Try) and all(map(_catches_imports, s.handlers)):
            out += _imports(s.body + s.orelse + s.finalbody)
            if out and out[-1] is None:
                return out
        elif not _harmless(s):
            return [*out, None]
    return out


def _catches_imports(handler):
    return isinstance(handler.type, _ast.Name) and handler.type.id in ("ImportError", "ModuleNotFoundError")


def _harmless(s):
    """Reports whether a statement only gives names to what is written there."""
    if isinstance(s, _ast.Pass):
        return True
    if isinstance(s, _ast.Expr):
        return isinstance(s.value, _ast.Constant)
    if isinstance(s, (_ast.FunctionDef, _ast.AsyncFunctionDef)):
        given = s.args.defaults + [d for d in s.args.kw_defaults if d is not None]
        return not s.decorator_list and all(map(_plain, given))
    if isinstance(s, _ast.Assign):
        return all(isinstance(t, _ast.Name) for t in s.targets) and _plain(s.value)
    if isinstance(s, _ast.AnnAssign):
        return isinstance(s.target, _ast.Name) and _plain(s.annotation) and (s.value is None or _plain(s.value))
    if isinstance(s, _ast.If):
        test = s.test
        return not s.orelse and "TYPE_CHECKING" in (getattr(test, "id", ""), getattr(test, "attr", ""))
    return False


def _plain(v):
    if isinstance(v, (_ast.List, _ast.Tuple, _ast.Set)):
        return all(map(_plain, v.elts))
    if isinstance(v, _ast.Dict):
        return all(k is not None and _plain(k) for k in v.keys) and all(map(_plain, v.values))
    return isinstance(v, (_ast.Constant, _ast.Name))

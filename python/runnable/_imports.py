"""What imports mean while a definition is read.

A module beside the definition is not executed for its functions: they are found in its source, so that
`from training import train` needs no pandas. Any other name of it executes it. A module that this machine does not
have gets a stand-in, when the user's own files import it: the machine that renders need not be the one that runs.
"""
import ast
import importlib.machinery
import importlib.util
import os
import sys
import types

from ._errors import near
from ._functions import Reference

_OUTSIDE = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep, os.sep + ".venv" + os.sep)


class Local:
    """The user's files: those below the folders in which modules are looked for, the definition's own first, and below
    those that the definition adds to sys.path."""

    def __init__(self, folders):
        self.given, self.before = folders, list(sys.path)

    @property
    def folders(self):
        if sys.path == self.before:
            return self.given
        return [p for p in _absolute(sys.path) if p not in self.before] + self.given

    def first(self):
        """Those that are searched before the interpreter's, in order, with those of PYTHONPATH where they stand."""
        if sys.path == self.before:
            return self.given
        path = _absolute(sys.path)
        return path[: next((i for i, p in enumerate(path) if _is_standard(p)), len(path))]

    def changed(self):
        """The folders of sys.path that a step cannot know of, by whether the interpreter's come after them: None where it
        knows them all, in their order."""
        if sys.path == self.before:
            return None
        first, before = self.first(), _absolute(self.before)
        last = [p for p in _absolute(sys.path)[len(first) :] if p not in before]
        inherited = [p for p in before if p not in self.given]  # steps have them of PYTHONPATH
        first = [p for p in dict.fromkeys(first) if p not in inherited]
        if first == _absolute(self.given)[: len(first)] and not last:
            return None
        return {"first": first, "last": last}

    def holds(self, path):
        return any(path.startswith(os.path.join(f, "")) for f in self.folders) and not any(part in path for part in _OUTSIDE)

    def modules(self):
        """The names of the modules in the folders."""
        out = []
        for folder in self.folders:
            try:
                entries = sorted(os.scandir(folder), key=lambda e: e.name)
            except OSError:
                continue
            for e in entries:
                stem, ext = os.path.splitext(e.name)
                if ext == ".py" or (not ext and e.is_dir() and not e.name.startswith(".") and e.name != "__pycache__"):
                    out.append(stem)
        return out


def _absolute(path):
    """What imports search of a path: other things than texts mean nothing to them."""
    return [os.path.abspath(p or ".") for p in path if isinstance(p, str) and os.path.exists(p or ".")]


def _is_standard(folder):
    """Reports whether a folder of sys.path is the standard library's."""
    return folder == os.path.dirname(os.__file__) or folder.endswith("python%d%d.zip" % sys.version_info[:2])


class MissingModule(ModuleNotFoundError):
    """A module of the user's that is not there."""


class LazyFinder:
    """Finds the modules of the user's folders, and defers their execution."""

    def __init__(self, local):
        self.local = local

    def find_spec(self, fullname, path=None, target=None):
        last = fullname.rpartition(".")[2]
        for folder in self.local.first() if path is None else list(path):
            base = os.path.join(folder, last)
            for file, package in ((os.path.join(base, "__init__.py"), True), (base + ".py", False)):
                if self.local.holds(file) and os.path.isfile(file):
                    loader = LazyLoader(fullname, file)
                    return importlib.util.spec_from_file_location(fullname, file, loader=loader, submodule_search_locations=[base] if package else None)
        return None


class LazyLoader(importlib.machinery.SourceFileLoader):
    def create_module(self, spec):
        return LazyModule(spec.name)

    def exec_module(self, module):
        module.__dict__["__rr"] = _State(self, self.path)

    def execute(self, module):
        super().exec_module(module)


class _State:
    def __init__(self, loader, path):
        self.loader, self.path, self.loaded, self._functions = loader, path, False, None

    def functions(self):
        if self._functions is None:
            self._functions = top_level_functions(parse(self.path))
        return self._functions


def parse(path):
    with open(path, "rb") as f:
        return ast.parse(f.read(), path)


def top_level_functions(tree):
    """The names of the functions of a module, also of those below an if or a try."""
    names, blocks = set(), [tree.body]
    while blocks:
        for node in blocks.pop():
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                names.add(node.name)
            elif not isinstance(node, ast.ClassDef):
                for field in ("body", "orelse", "finalbody"):
                    blocks.append(getattr(node, field, []))
                for handler in getattr(node, "handlers", []):
                    blocks.append(handler.body)
    return names


class LazyModule(types.ModuleType):
    """A module of the user's that is executed when something else than a function is wanted of it."""

    def __getattr__(self, name):
        state = self.__dict__.get("__rr")
        if state is None or state.loaded or (name[:2] == "__" and name != "__all__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if name in state.functions():
            self.__dict__[name] = LocalFunction(self, name)
            return self.__dict__[name]
        for folder in self.__dict__.get("__path__", []):
            base = os.path.join(folder, name)
            if os.path.isfile(base + ".py") or os.path.isfile(os.path.join(base, "__init__.py")):
                raise AttributeError(name)  # a submodule, which the import system now imports
        load(self)
        if name in self.__dict__:
            return self.__dict__[name]
        own = self.__dict__.get("__getattr__")  # of the user's module
        if own is not None:
            return own(name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


def load(module):
    """Executes a module that has been deferred."""
    state = module.__dict__["__rr"]
    if not state.loaded:
        state.loaded = True
        state.loader.execute(module)


class LocalFunction(Reference):
    """A function of a module that has not been executed. Calling it executes the module."""

    def __init__(self, module, name):
        super().__init__(module.__name__, name)
        self.__dict__["__rr_module"] = module

    def _real(self):
        module = self.__dict__["__rr_module"]
        load(module)
        return module.__dict__[self.__dict__["__name__"]]

    def __call__(self, *args, **kwargs):
        return self._real()(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self._real(), name)

    def __repr__(self):
        return f"<function {self.__dict__['__module__']}.{self.__dict__['__name__']}>"


class StandInFinder:
    """Gives stand-ins for modules that are not on this machine, to imports in the user's own files."""

    def __init__(self, local):
        self.local, self.given = local, {}

    def find_spec(self, fullname, path=None, target=None):
        parent = fullname.rpartition(".")[0]
        if parent and isinstance(sys.modules.get(parent), StandInModule):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        frame = _importer()
        if frame is None or not self.local.holds(frame.f_code.co_filename) or _guarded(frame):
            return None
        if parent:
            above = sys.modules.get(parent)
            file = getattr(above, "__file__", None) or ""
            if isinstance(above, LazyModule):
                names = [f[:-3] for f in os.listdir(os.path.dirname(file)) if f.endswith(".py")] if file else []
                raise MissingModule(f'there is no module "{fullname}" in {os.path.basename(os.path.dirname(file))}{near(fullname.rpartition(".")[2], names)}', name=fullname)
            return None  # a package that is here lacks it
        meant = near(fullname, self.local.modules())
        if meant:
            raise MissingModule(f'there is no module "{fullname}" beside the definition{meant}', name=fullname)
        self.given.setdefault(fullname, (frame.f_code.co_filename, frame.f_lineno))
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        return StandInModule(spec.name)

    def exec_module(self, module):
        pass


def _importer():
    """The frame that imports."""
    frame = sys._getframe(1)
    while frame is not None and ("importlib" in frame.f_code.co_filename or frame.f_code.co_filename == __file__):
        frame = frame.f_back
    return frame


def _guarded(frame):
    """Reports whether the import stands in a try that catches its failure."""
    from ._places import source

    src = source(frame.f_code.co_filename)
    if src is None:
        return False
    for node in ast.walk(src.tree):
        if not isinstance(node, ast.Try) or not node.body:
            continue
        if node.body[0].lineno <= frame.f_lineno <= node.body[-1].end_lineno and any(_catches(h.type) for h in node.handlers):
            return True
    return False


def _catches(kind):
    if kind is None:
        return True
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(getattr(n, "id", "") in ("ImportError", "ModuleNotFoundError", "Exception", "BaseException") for n in names)


class StandInModule(types.ModuleType):
    """Stands for a module that is not here."""

    def __getattr__(self, name):
        if name[:2] == "__":
            raise AttributeError(name)
        made = StandIn(self.__name__, name)
        self.__dict__[name] = made
        return made


class StandIn(Reference):
    """Stands for anything that a module has which is not here: a function, a class, a decorator, a constant."""

    def __call__(self, *args, **kwargs):
        if len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type)):
            return args[0]  # a decorator
        return self

    def __getattr__(self, name):
        if name[:2] == "__":
            raise AttributeError(name)
        return StandIn(self.__dict__["__module__"], f"{self.__dict__['__qualname__']}.{name}")

    def __mro_entries__(self, bases):
        return (StandInClass,)

    def __instancecheck__(self, instance):
        return False

    def __iter__(self):
        return iter(())

    def __getitem__(self, key):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        return False

    def _same(self, *others):
        return self

    __or__ = __ror__ = __and__ = __rand__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _same
    __truediv__ = __rtruediv__ = __neg__ = __pow__ = __mod__ = __matmul__ = _same

    def __repr__(self):
        return f"<{self.__dict__['__module__']}.{self.__dict__['__qualname__']}, which is not here>"


class StandInClass:
    """The base of classes whose own base is not here."""

    def __init_subclass__(cls, **kwargs):
        pass

    def __init__(self, *args, **kwargs):
        self.__dict__.update(kwargs)


def install(local):
    """Puts the finders in place; returns the one that gives stand-ins."""
    standins = StandInFinder(local)
    at = next((i for i, f in enumerate(sys.meta_path) if f is importlib.machinery.PathFinder), len(sys.meta_path))
    sys.meta_path.insert(at, LazyFinder(local))
    sys.meta_path.append(standins)
    return standins

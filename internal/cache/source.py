"""Says which of the user's files a task's code is made of, without running any of it.

Reads a request as JSON from the command line: {"function": "module.function" or "", "files": [paths below the folder],
"modules": {"first", "last"}, the folders of the user's modules (modules.py in package python), "own": the definition's own file or ""}.
Prints {"files", "takes", "all", "python", "packages"} or {"error"}. Paths are those from the current folder, with slashes.
"""
import sys

if sys.path and sys.path[0] in ("", "."):
    del sys.path[0]  # so that a user's json.py does not become ours

import ast
import importlib.util
import json
import os
import re
import types

ROOT = os.path.realpath(os.getcwd())
REQUEST = json.loads(sys.argv[1])
FIRST, LAST = ([os.path.realpath(p) for p in REQUEST["modules"][k] or ()] for k in ("first", "last"))
FIRST = FIRST or [ROOT]
OWN = REQUEST["own"]
BUILTINS = {"int", "str", "float", "bool", "bytes", "list", "dict", "tuple", "set", "object", "None"}


def relative(path):
    """The path from the folder, or None for what is not the user's own."""
    real = os.path.realpath(path)
    if not any(real.startswith(os.path.join(home, "")) for home in [ROOT, *FIRST, *LAST]):
        return None
    parts = os.path.relpath(real, ROOT).split(os.sep)
    if any(p in ("site-packages", "dist-packages", ".runnable", ".git") for p in parts):
        return None
    if sys.prefix != sys.base_prefix and (real + os.sep).startswith(os.path.realpath(sys.prefix) + os.sep):
        return None
    return "/".join(parts)


def locate(name, path):
    if OWN and path is None and name == os.path.splitext(os.path.basename(OWN))[0]:
        return importlib.util.spec_from_file_location(name, OWN)
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        try:
            spec = find(name, path) if find else None
        except Exception:  # a finder of someone else's
            spec = None
        if spec is not None:
            return spec
    return None


def folders(spec):
    where = spec.submodule_search_locations
    if where is None:
        return None
    if spec.origin is None and spec.name not in sys.modules:
        # A folder without __init__: what is in it is only found below a module of that name. This one is empty.
        module = types.ModuleType(spec.name)
        module.__path__ = list(where)
        sys.modules[spec.name] = module
    return list(where)


def chain(dotted):
    """The specs of a, a.b, a.b.c as far as they are found."""
    found, path, name = [], None, ""
    for part in dotted.split("."):
        name = f"{name}.{part}" if name else part
        spec = locate(name, path)
        if spec is None:
            break
        found.append(spec)
        path = folders(spec)
        if path is None:
            break
    return found


class Scan:
    def __init__(self):
        self.files, self.queue, self.trees, self.asked = set(), [], {}, set()

    def add(self, path, package):
        rel = relative(path)
        if rel is None or rel in self.files or not os.path.isfile(path):
            return
        self.files.add(rel)
        if path.endswith((".py", ".ipynb")):
            self.queue.append((path, package))

    def module(self, dotted):
        """Adds the files of a module and of the packages around it; returns how much of the name is a module."""
        specs = self.known(dotted)
        for spec in specs:
            if spec.origin and spec.has_location:
                self.add(spec.origin, spec.name if spec.submodule_search_locations is not None else spec.parent)
        return len(specs)

    def known(self, dotted):
        return chain(dotted)

    def tree(self, path):
        if path not in self.trees:
            with open(path, "rb") as f:
                text = f.read()
            if path.endswith(".ipynb"):
                text = cells(text)
            try:
                self.trees[path] = ast.parse(text)
            except (SyntaxError, ValueError):
                self.trees[path] = ast.Module(body=[], type_ignores=[])
        return self.trees[path]

    def run(self):
        while self.queue:
            path, package = self.queue.pop()
            for name in sorted(imported(self.tree(path), package)):
                if name not in self.asked:
                    self.asked.add(name)
                    self.module(name)


def cells(text):
    try:
        book = json.loads(text)
        sources = ["".join(c.get("source", [])) for c in book.get("cells", []) if c.get("cell_type") == "code"]
    except (ValueError, AttributeError, TypeError):
        return b""
    out = []
    for source in sources:
        source = re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", source)
        try:
            ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        out.append(source)
    return "\n".join(out).encode()


def imported(tree, package):
    """All names that could be modules, wherever in the file they are imported."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = (package or "").split(".")
                above = above[: len(above) - node.level + 1]
                base = ".".join([p for p in above if p] + ([node.module] if node.module else []))
            if base:
                names.add(base)
            names.update(f"{base}.{a.name}" if base else a.name for a in node.names if a.name != "*")
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                names.add(node.args[0].value.lstrip("."))
    return names


def signature(scan, dotted):
    """(names, takes the rest) of a function, or None where the source does not tell for sure."""
    for _ in range(16):
        parts = dotted.split(".")
        specs = scan.known(".".join(parts[:-1]))
        if len(specs) != len(parts) - 1 or not specs[-1].origin or not specs[-1].origin.endswith(".py"):
            return None
        spec = specs[-1]
        tree = scan.tree(spec.origin)
        package = spec.name if spec.submodule_search_locations is not None else spec.parent
        found = binding(tree, parts[-1])
        if isinstance(found, ast.ImportFrom):
            alias = next(a for a in found.names if (a.asname or a.name) == parts[-1])
            base = sorted(imported(ast.Module(body=[found], type_ignores=[]), package), key=len)[0] if found.module or found.level else ""
            dotted = f"{base}.{alias.name}"
            continue
        if not isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef)) or found.decorator_list:
            return None
        return arguments(found, tree)
    return None


def binding(tree, name):
    """What binds a name in a module: the one statement at its top, or None."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name:
            found.append(node)
        elif isinstance(node, (ast.Import, ast.ImportFrom)) and any((a.asname or a.name) == name for a in node.names):
            found.append(node)
        elif isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            found.append(node)
    return found[0] if len(found) == 1 and found[0] in tree.body else None


def arguments(function, tree):
    a = function.args
    named = a.posonlyargs + a.args + a.kwonlyargs
    rest = a.kwarg is not None
    if any(getattr(n, "attr", getattr(n, "name", getattr(n, "id", ""))) == "Namespace" for n in ast.walk(tree)):
        # One of them may be the namespace that takes the rest, under whatever name it was imported.
        rest = rest or any(n.annotation is not None and getattr(n.annotation, "id", "") not in BUILTINS for n in named)
    return [n.arg for n in named], rest


def packages():
    found = set()
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        found.update(installed(folder, n) for n in names if n.endswith((".dist-info", ".egg-info")))
    return sorted(found)


def installed(folder, name):
    """The name and version of a package. One that comes from no index, but from a folder or a repository, changes without these: it
    counts with the hashes of its files."""
    about = os.path.join(folder, name)
    try:
        os.stat(os.path.join(about, "direct_url.json"))
        with open(os.path.join(about, "RECORD"), encoding="utf-8") as f:
            files = sorted(line for line in f if not line.startswith(name + "/"))
    except OSError:
        return name
    import hashlib

    return name + " " + hashlib.sha256("".join(files).encode()).hexdigest()


def main(request):
    installed = packages()
    sys.path[:] = [*FIRST, *sys.path, *LAST]
    scan = Scan()
    out = {"takes": None, "all": False}
    function = request["function"]
    if function:
        if not scan.module(function.rpartition(".")[0]):
            return {"error": "no module named " + function.partition(".")[0]}
        told = signature(scan, function)
        if told is None:
            out["all"] = True
        else:
            out["takes"], out["all"] = told
    for name in request["files"]:
        scan.add(os.path.join(ROOT, *name.split("/")), "")
    scan.run()
    out["files"] = sorted(scan.files)
    out["python"] = ".".join(map(str, sys.version_info[:3]))
    out["packages"] = installed
    return out


if __name__ == "__main__":
    try:
        answer = main(REQUEST)
    except Exception as e:
        answer = {"error": f"{type(e).__name__}: {e}"}
    print(json.dumps(answer))

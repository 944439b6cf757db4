"""Says whether two texts of a Python file are the same program, without running any of it.

Reads from stdin a list of {"file", "function"}. Prints for each a hash of the syntax tree of the file, or of what the function
uses of it; "" where the file is no Python that can be read.
"""
import sys

if sys.path and sys.path[0] in ("", "."):
    del sys.path[0]  # so that a user's json.py does not become ours

import ast
import hashlib
import json

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = FUNCTIONS + (ast.ClassDef,)

# Decorators of the standard library that tell nobody of what they decorate.
SILENT = set("dataclass cache lru_cache contextmanager asynccontextmanager total_ordering wraps overload final override runtime_checkable unique".split())


def names(node):
    """What a node may use of its module or class: all names and attributes in it, and the words of its texts."""
    for n in ast.walk(node):
        if isinstance(n, ast.Name):
            yield n.id
        elif isinstance(n, ast.Attribute):
            yield n.attr
        elif isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value.isidentifier():
            yield n.value  # getattr, or an annotation


def bound(statement):
    """The names that a statement at the top of a module or class binds; None: it does something else as well."""
    if isinstance(statement, DEFINITIONS):
        return [statement.name]
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [(a.asname or a.name.partition(".")[0]) for a in statement.names]
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if all(isinstance(t, ast.Name) for t in targets):
            return [t.id for t in targets]
    return None


def started(statement):
    """Whether a statement runs only where the file is started as a program, or says nothing."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return True
    return isinstance(statement, ast.If) and not statement.orelse and ast.dump(statement.test) in PROGRAM


PROGRAM = {ast.dump(ast.parse(text, mode="eval").body) for text in ("__name__ == '__main__'", "'__main__' == __name__")}


def registers(statement, wanted):
    """Whether a definition may make itself known where it stands: by a decorator, or to a class above it that is used."""
    if not isinstance(statement, DEFINITIONS):
        return False
    if any(called(d) not in SILENT for d in statement.decorator_list):
        return True
    above = [*statement.bases, *(k.value for k in statement.keywords)] if isinstance(statement, ast.ClassDef) else []
    return any(name in wanted for base in above for name in names(base))


def called(decorator):
    """The last part of a decorator's name."""
    decorator = decorator.func if isinstance(decorator, ast.Call) else decorator
    return getattr(decorator, "attr", getattr(decorator, "id", ""))


def used(body, wanted, module=True):
    """The statements that a set of names leads to, and all that bind nothing or, in a module, make themselves known."""
    taken, wanted = set(), set(wanted)
    while True:
        more = [
            i for i, s in enumerate(body)
            if i not in taken and not started(s) and (bound(s) is None or "*" in bound(s) or wanted & set(bound(s)) or module and registers(s, wanted))
        ]
        if not more:
            return [body[i] for i in sorted(taken)]
        for i in more:
            taken.add(i)
            wanted.update(names(body[i]))


def part(tree, function):
    """What a function uses: of its class what it names, of the module likewise."""
    first, _, method = function.partition(".")
    if not any(bound(s) and first in bound(s) for s in tree.body):
        return tree
    for s in tree.body:
        if method and isinstance(s, ast.ClassDef) and s.name == first:
            s.body = used(s.body, {method.partition(".")[0], "__init__", "__new__"}, module=False) or s.body
    return ast.Module(body=used(tree.body, {first}), type_ignores=[])


def meaning(asked):
    try:
        with open(asked["file"], "rb") as f:
            text = f.read()
        tree = ast.parse(text)
        if asked["function"]:
            tree = part(tree, asked["function"])
        return hashlib.sha256(ast.dump(tree).encode("utf-8", "surrogatepass")).hexdigest()
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


if __name__ == "__main__":
    print(json.dumps([meaning(asked) for asked in json.load(sys.stdin)]))

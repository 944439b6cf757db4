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
    return isinstance(statement, ast.If) and "__name__" in {getattr(n, "id", "") for n in ast.walk(statement.test)}


def used(body, wanted):
    """The statements that a set of names leads to, and all that bind nothing."""
    taken, wanted = set(), set(wanted)
    while True:
        more = [
            i for i, s in enumerate(body)
            if i not in taken and not started(s) and (bound(s) is None or "*" in bound(s) or wanted & set(bound(s)))
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
            s.body = used(s.body, {method.partition(".")[0], "__init__", "__new__"}) or s.body
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

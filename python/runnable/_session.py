"""The functions of an interactive session, as of a notebook, as a module that steps can import.

A step is a process of its own, so it needs the text of the functions: that of the cells which have been run. Of these it
gets what the functions use, and nothing that merely stands beside them.
"""
import ast
import sys

from ._errors import DefinitionError
from ._mode import SESSION


def module(commands):
    """The text of a module with the session's functions that are among the commands of steps; empty: there are none."""
    wanted = {c.split(".")[1] for c in commands if c.startswith(SESSION + ".")}
    if not wanted:
        return ""
    statements = [s for cell in _cells() for s in cell]
    kept, asked = set(), set()
    while wanted - asked:
        name = min(wanted - asked)
        asked.add(name)
        for i in reversed(range(len(statements))):
            if name in _binds(statements[i]) or name in _changes(statements[i]):
                kept.add(i)
                wanted |= _uses(statements[i])
                if _replaces(statements[i], name):
                    break  # what the name meant before counts no more: an older version of a function, a cell that failed
    whole = {i for i, s in enumerate(statements) if _of_future(s) or isinstance(s, ast.ImportFrom) and s.names[0].name == "*"}
    return "".join(ast.unparse(statements[i]) + "\n\n" for i in sorted(kept | whole, key=lambda i: (not _of_future(statements[i]), i)))


def _of_future(statement):
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _uses(statement):
    """The names that a statement goes by, also those in annotations that are written as texts."""
    names, trees = set(), [statement]
    while trees:
        for n in ast.walk(trees.pop()):
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load):
                names.add(n.id)
            noted = getattr(n, "annotation", None) or getattr(n, "returns", None)
            for text in ast.walk(noted) if noted is not None else ():
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    trees += _parsed(text.value)
    return names


def _parsed(text):
    try:
        return [ast.parse(text.strip(), mode="eval")]
    except SyntaxError:
        return []


def _replaces(statement, name):
    """Reports whether a statement gives a name a meaning for which the one before does not count."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return name not in {u for d in statement.decorator_list + statement.args.defaults for u in _uses(d)}
    if isinstance(statement, ast.ClassDef):
        return name not in {u for d in statement.decorator_list + statement.bases for u in _uses(d)}
    if isinstance(statement, ast.ImportFrom):
        return True
    return isinstance(statement, ast.Assign) and all(isinstance(t, ast.Name) for t in statement.targets) and name not in _uses(statement)


def _cells():
    """The statements of each cell that has been run."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        raise DefinitionError("a function of an interactive session has no file in which a step could find it; write it into a module, and import it from there", code="RR0508")
    for text in shell.user_ns.get("In", []):
        try:
            yield ast.parse(shell.transform_cell(text)).body
        except SyntaxError:
            continue


def _binds(statement):
    """The names that a statement gives a meaning to."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {(a.asname or a.name).partition(".")[0] for a in statement.names}
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


_MUTATORS = frozenset("add append appendleft clear discard extend insert pop remove reverse setdefault sort update".split())


def _changes(statement):
    """The names whose values a statement changes in place: by an item, an attribute or a method of a container."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return set()
    changed = set()
    for n in ast.walk(statement):
        if isinstance(n, (ast.Subscript, ast.Attribute)) and isinstance(n.ctx, (ast.Store, ast.Del)):
            changed.add(_root(n))
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in _MUTATORS:
            changed.add(_root(n.func))
    return changed


def _root(expression):
    """The name that an expression such as a.b[c] begins with; None where it begins with something else."""
    while isinstance(expression, (ast.Subscript, ast.Attribute)):
        expression = expression.value
    return getattr(expression, "id", None)

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
        for i, statement in enumerate(statements):
            if i not in kept and name in _binds(statement):
                kept.add(i)
                wanted |= {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    stars = {i for i, s in enumerate(statements) if isinstance(s, ast.ImportFrom) and s.names[0].name == "*"}
    return "".join(ast.unparse(statements[i]) + "\n\n" for i in sorted(kept | stars))


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

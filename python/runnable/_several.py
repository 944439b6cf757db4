"""Finds out whether a file goes on to run another pipeline: execute() ends the reading, so what follows is only seen
in the source."""
import ast

from ._places import place_of, source

_OURS = {"Pipeline", "AsyncPipeline", "PythonJob", "NotebookJob", "ShellJob"}
_BLOCKS = ("body", "orelse", "finalbody")


def later_execute(frame, local):
    """The place of an execute() that comes after the one that is running, in the same files; None if there is none."""
    while frame is not None:
        path = frame.f_code.co_filename
        if local.holds(path):
            src = source(path)
            if src is not None:
                found = _after(src.tree, frame.f_lineno)
                if found is not None:
                    return place_of(path, found)
        frame = frame.f_back
    return None


def _after(tree, line):
    """The first execute() in a statement that follows the one that holds a line, in any block around it."""
    pipelines = _names(tree)
    functions = {n.name: n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
    block = tree.body
    following = []
    while block:
        inside = None
        for i, node in enumerate(block):
            if node.lineno <= line <= node.end_lineno:
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    following = []  # what calls the function has a frame of its own
                else:
                    following += block[i + 1 :]
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    inside = node.body
                else:
                    inside = _block_with(node, line)
                break
        else:
            break
        if isinstance(block[i], (ast.FunctionDef, ast.AsyncFunctionDef)):
            block = inside
            continue
        block = inside
    for node in following:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        found = _execute(node, pipelines, functions)
        if found is not None:
            return found
    return None


def _block_with(node, line):
    blocks = [getattr(node, b, []) for b in _BLOCKS] + [h.body for h in getattr(node, "handlers", [])]
    for block in blocks:
        if block and isinstance(block, list) and block[0].lineno <= line <= block[-1].end_lineno:
            return block
    return None


def _names(tree):
    """The names that hold pipelines."""
    out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _is_ours(node.value):
            out.update(t.id for t in node.targets if isinstance(t, ast.Name))
    return out


def _is_ours(node):
    return isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in _OURS


def _execute(node, pipelines, functions):
    for n in ast.walk(node):
        if not isinstance(n, ast.Call):
            continue
        if isinstance(n.func, ast.Attribute) and n.func.attr == "execute":
            on = n.func.value
            if _is_ours(on) or (isinstance(on, ast.Name) and on.id in pipelines):
                return n
        called = functions.get(getattr(n.func, "id", ""))
        if called is not None and called is not node and _execute(ast.Module(body=called.body, type_ignores=[]), pipelines, {}):
            return n
    return None

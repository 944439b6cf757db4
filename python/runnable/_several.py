"""Finds out whether a file goes on to run another pipeline: execute() ends the reading, so what follows is only seen
in the source."""
import ast

from ._places import place_of, source

_OURS = {"Pipeline", "AsyncPipeline", "PythonJob", "NotebookJob", "ShellJob"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
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
    """The first execute() of another pipeline in a statement that follows the one at a line, in any block around it."""
    pipelines = _names(tree)
    functions = {n.name: n for n in tree.body if isinstance(n, _FUNCTIONS)}
    block, following, running = tree.body, [], None
    while block:
        here = [i for i, n in enumerate(block) if n.lineno <= line <= n.end_lineno]
        if not here:
            break
        # Of several statements on a line, the one that executes.
        i = next((i for i in here if any(_executes(block[i], pipelines, functions))), here[0])
        if isinstance(block[i], _FUNCTIONS):
            following = []  # what calls the function has a frame of its own
            block = block[i].body
            continue
        running = next(_executes(block[i], pipelines, functions), running)
        following = block[i + 1 :] + following
        block = _block_with(block[i], line)
    return _another(following, running, pipelines, functions)


def _another(following, running, pipelines, functions):
    """The first execute() in statements that is not that of the running pipeline once more."""
    same = ast.dump(running) if running is not None else ""
    for node in following:
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            continue
        for found in _executes(node, pipelines, functions):
            if ast.dump(found) != same:
                return found
        if running is not None and _gives(node, getattr(getattr(running.func, "value", None), "id", None)):
            same = ""  # the name stands for another pipeline from here on
    return None


def _gives(node, name):
    """Reports whether a statement gives a name another value."""
    return name is not None and any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store) for n in ast.walk(node))


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


def _executes(node, pipelines, functions):
    """The calls in a statement that execute a pipeline, by themselves or by way of a function of the file."""
    for n in ast.walk(node):
        if not isinstance(n, ast.Call):
            continue
        if isinstance(n.func, ast.Attribute) and n.func.attr == "execute":
            on = n.func.value
            if _is_ours(on) or (isinstance(on, ast.Name) and on.id in pipelines):
                yield n
        called = functions.get(getattr(n.func, "id", ""))
        if called is not None and called is not node and any(_executes(ast.Module(body=called.body, type_ignores=[]), pipelines, {})):
            yield n

"""Where in the user's files something was written.

A constructor keeps only which line called it. The files are parsed when the definition is recorded, to find the
places of single arguments, so that a message can point at one name in a list.
"""
import itertools
import os
import sys

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep


class Place:
    """A piece of a file: lines and columns from 1, the end exclusive; columns count characters."""

    __slots__ = ("file", "line", "col", "end_line", "end_col")

    def __init__(self, file, line, col=1, end_line=0, end_col=0):
        self.file, self.line, self.col, self.end_line, self.end_col = file, line, col, end_line, end_col


class Call:
    """A call of ours in the user's code."""

    __slots__ = ("file", "line", "code", "lasti", "what", "_node")

    def __init__(self, frame, what, line=None, lasti=None):
        self.file, self.line = frame.f_code.co_filename, frame.f_lineno if line is None else line
        self.code, self.lasti = frame.f_code, frame.f_lasti if lasti is None else lasti
        self.what, self._node = what, False

    def node(self):
        """The ast.Call, or None where it cannot be told."""
        if self._node is False:
            self._node = _find(self)
        return self._node

    def place(self):
        node = self.node()
        return place_of(self.file, node.func) if node is not None else Place(self.file, self.line)

    def candidates(self):
        """The calls on the line, for when it cannot be told which one it was."""
        src = source(self.file)
        return [] if src is None else src.calls.get(self.line, [])

    def exact(self):
        """The running part of the line as (line, column, end line, end column) of a Place; None before Python 3.11."""
        found = _position(self)
        if found is None:
            return None
        line, col, end_line, end_col = found
        return line, _column(self.file, line, col), end_line, _column(self.file, end_line, end_col)

    def argument(self, name):
        """The expression that stands for a keyword argument, or None."""
        node = self.node()
        if node is None:
            return None
        for k in node.keywords:
            if k.arg == name:
                return k.value
        return None

    def argument_place(self, name):
        value = self.argument(name)
        return place_of(self.file, value) if value is not None else self.place()


def caller(what):
    """The innermost call that stands in the user's code; None outside of a definition."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    return Call(frame, what) if frame is not None else None


def user_files():
    """The files of the functions that are running, the innermost first, without ours."""
    frame = sys._getframe(1)
    while frame is not None:
        if not frame.f_code.co_filename.startswith(_OURS):
            yield frame.f_code.co_filename
        frame = frame.f_back


class _Source:
    def __init__(self, path):
        import ast

        with open(path, "rb") as f:
            data = f.read()
        self.lines = data.splitlines()
        self.tree = ast.parse(data, path)
        self.calls = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                self.calls.setdefault(node.lineno, []).append(node)


_sources = {}


def source(path):
    """A file of the user's, parsed; None where that is impossible."""
    if path not in _sources:
        try:
            _sources[path] = _Source(path)
        except (OSError, SyntaxError, ValueError, RecursionError):
            _sources[path] = None
    return _sources[path]


def place_of(path, node):
    """The place of an expression."""
    return Place(
        path,
        node.lineno,
        _column(path, node.lineno, node.col_offset),
        node.end_lineno,
        _column(path, node.end_lineno, node.end_col_offset),
    )


def _column(path, line, offset):
    """Columns of ast count bytes of UTF-8."""
    src = source(path)
    if src is None or line > len(src.lines):
        return offset + 1
    return len(src.lines[line - 1][:offset].decode("utf-8", "replace")) + 1


def _find(call):
    src = source(call.file)
    if src is None:
        return None
    on_line = src.calls.get(call.line, [])
    exact = _position(call)
    if exact is not None:
        for node in on_line:
            if (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset) == exact:
                return node
    named = [n for n in on_line if getattr(n.func, "id", getattr(n.func, "attr", None)) == call.what]
    return named[0] if len(named) == 1 else on_line[0] if len(on_line) == 1 else None


def _position(call):
    """Python 3.11 and later know which part of the line was running."""
    positions = getattr(call.code, "co_positions", None)
    if positions is None:
        return None
    line, end_line, col, end_col = next(itertools.islice(positions(), call.lasti // 2, None), (None,) * 4)
    return None if col is None else (line, col, end_line, end_col)

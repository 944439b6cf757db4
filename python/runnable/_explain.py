"""Says what went wrong while a definition was read, with the user's file and line and none of ours."""
import re
import traceback

from ._errors import DefinitionError, listed, near
from ._imports import LazyModule, MissingModule, parse, top_level_functions
from ._places import Call, Place, place_of


def message(text, code, place, shown, notes=()):
    """One message as the program that asked reads it."""
    out = {"code": code, "message": text, "notes": []}
    if place is not None:
        out.update(_place(place, shown))
    for note, at in notes:
        out["notes"].append({"message": note, **_place(at, shown)})
    return out


def _place(p, shown):
    return {"file": shown(p.file), "line": p.line, "col": p.col, "end_line": p.end_line, "end_col": p.end_col}


class Explainer:
    def __init__(self, local, shown):
        self.local, self.shown = local, shown

    def error(self, e, file):
        """The message that tells of an exception."""
        if isinstance(e, SyntaxError):
            return self._syntax(e, file)
        frames = [(f, line) for f, line in traceback.walk_tb(e.__traceback__) if self.local.holds(f.f_code.co_filename)]
        place = self._at(frames[-1]) if frames else Place(file, 1)
        notes = list(getattr(e, "notes", []))
        if isinstance(e, DefinitionError):
            text, code, place = e.message, e.code, e.place or place
        elif isinstance(e, MissingModule):
            text, code = e.args[0], "RR0503"
        elif isinstance(e, ImportError):
            text, code = _import_error(e)
        elif isinstance(e, TypeError) and frames and _of_ours(e, frames[-1], self.local) is not None:
            text, code, place = _of_ours(e, frames[-1], self.local)
        elif isinstance(e, SystemExit):
            text, code = f"the definition ended itself before it ran a pipeline: SystemExit({e.code!r})", "RR0505"
        else:
            what = str(e).strip()
            text, code = f"the definition failed: {type(e).__name__}{': ' + what if what else ''}", "RR0502"
        seen = {place.line}
        for frame, line in reversed(frames[:-1]):
            if line not in seen:
                seen.add(line)
                notes.append(("called from here", Place(frame.f_code.co_filename, line)))
        return message(text, code, place, self.shown, notes[:6])

    def _at(self, row):
        frame, line = row
        return Place(frame.f_code.co_filename, line)

    def _syntax(self, e, file):
        path = e.filename if e.filename and self.local.holds(e.filename) else file
        place = Place(path, e.lineno or 1, max(e.offset or 1, 1))
        text = e.msg or str(e)
        return message(f"this is no valid Python: {text}", "RR0501", place, self.shown)


def _import_error(e):
    """What an import could not find."""
    import sys

    lacks = re.match(r"cannot import name '([^']+)' from (?:partially initialized module )?'([^']+)'", str(e))
    if lacks is None:
        if "relative import" in str(e):
            return "a definition is run as a program, so it has no package; write the import without the leading dot", "RR0503"
        return f"cannot import: {e}", "RR0503"
    name, module = lacks.groups()
    if "partially initialized" in str(e):
        return f'"{module}" and another module import each other, so that "{name}" is not there yet', "RR0504"
    found = sys.modules.get(module)
    known = [k for k in getattr(found, "__all__", None) or vars(found or object) if not k.startswith("_")] if found else []
    if isinstance(found, LazyModule):
        known += sorted(top_level_functions(parse(found.__file__)))
    return f'"{module}" has no "{name}"{near(name, known)}', "RR0504"


def _of_ours(e, row, local):
    """What is wrong with the call of one of our constructors; None for another error."""
    import runnable

    text = str(e)
    if "__init__()" not in text and "execute()" not in text:
        return None
    frame, line = row
    last = e.__traceback__
    while last.tb_next is not None:
        last = last.tb_next
    call = _call(row, last)
    node = call.node() if call is not None else None
    name = getattr(node.func, "id", getattr(node.func, "attr", "")) if node is not None else ""
    cls = getattr(runnable, name, None) or frame.f_globals.get(name)
    if not (isinstance(cls, type) and cls.__module__.startswith("runnable.")):
        return None
    takes = _arguments(cls)
    place = place_of(call.file, node.func)
    unknown = re.search(r"unexpected keyword argument '(\w+)'", text)
    if unknown:
        word = unknown.group(1)
        for k in node.keywords:
            if k.arg == word:
                place = Place(call.file, k.value.lineno, getattr(k, "col_offset", k.value.col_offset) + 1, k.value.end_lineno, k.value.end_col_offset + 1)
        hint = near(word, takes) or f"; it takes {', '.join(sorted(takes))}"
        return f'{name} has no argument "{word}"{hint}', "RR0507", place
    lacking = re.search(r"missing \d+ required keyword-only arguments?: (.*)", text)
    if lacking:
        return _lacking(name, lacking.group(1)), "RR0507", place
    if "positional argument" in text:
        return f"the arguments of {name} are given by name: {name}({_first(cls)}=...)", "RR0507", place
    return None


def _lacking(name, words):
    return f"{name} needs {listed(re.findall(r'[a-z_]+', words.replace(' and ', ' ')))}"


def _call(row, last):
    """The call in the user's frame; its line is that of the traceback, not the one that the frame is at by now."""
    frame, line = row
    tb = last
    call = Call.__new__(Call)
    call.file, call.line, call.code = frame.f_code.co_filename, line, frame.f_code
    call.lasti, call.what, call._node = (tb.tb_lasti if tb.tb_frame is frame else -2), "", False
    if call.lasti < 0:
        call.lasti = frame.f_lasti
    node = call.node()
    return call if node is not None else None


def _arguments(cls):
    """All keyword arguments of a constructor and of those that it passes the rest on to."""
    out = set()
    for c in cls.__mro__:
        init = c.__dict__.get("__init__")
        if init is None or c is object or c.__name__ in ("Step", "Terminal"):
            continue
        out.update(init.__kwdefaults__ or {})
        code = init.__code__
        out.update(code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])
        if not code.co_flags & 8:
            break
    return out


def _first(cls):
    init = cls.__init__.__code__
    return init.co_varnames[init.co_argcount] if init.co_kwonlyargcount else "name"

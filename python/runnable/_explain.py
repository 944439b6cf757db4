"""Says what went wrong while a definition was read, with the user's file and line and none of ours."""
import re

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
        frames = list(self._frames(e.__traceback__))
        place = _place_in(frames[-1]) if frames else Place(file, 1, 0)
        notes = list(getattr(e, "notes", []))
        if isinstance(e, DefinitionError):
            text, code, place = e.message, e.code, e.place or _argument(frames, e.message) or place
        elif isinstance(e, MissingModule):
            text, code = e.args[0], "RR0503"
        elif isinstance(e, ImportError):
            text, code = _import_error(e)
        elif isinstance(e, TypeError) and frames and _of_ours(e, frames[-1]) is not None:
            text, code, place = _of_ours(e, frames[-1])
        elif isinstance(e, SystemExit):
            text, code = f"the definition ended itself before it ran a pipeline: SystemExit({e.code!r})", "RR0505"
        else:
            what = str(e).strip()
            text, code = f"the definition failed: {type(e).__name__}{': ' + what if what else ''}", "RR0502"
        seen = {(place.file, place.line)}
        for tb in reversed(frames[:-1]):
            at = _place_in(tb)
            if (at.file, at.line) not in seen:
                seen.add((at.file, at.line))
                notes.append(("called from here", at))
        return message(text, code, place, self.shown, notes[:6])

    def _frames(self, tb):
        """The parts of a traceback that are the user's."""
        while tb is not None:
            if self.local.holds(tb.tb_frame.f_code.co_filename):
                yield tb
            tb = tb.tb_next

    def _syntax(self, e, file):
        path = e.filename if e.filename and self.local.holds(e.filename) else file
        place = Place(path, e.lineno or 1, max(e.offset or 1, 1))
        text = e.msg or str(e)
        return message(f"this is not valid Python: {text}", "RR0501", place, self.shown)


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


def _place_in(tb):
    """Where a frame of a traceback was; Python before 3.11 knows the line alone."""
    call = _call(tb)
    exact = call.exact()
    if exact is None:
        return Place(call.file, call.line, 0)
    return Place(call.file, *exact)


def _argument(frames, text):
    """The place of the argument that a message about a call of ours begins with, else of the call."""
    node = _call(frames[-1]).node() if frames else None
    if node is None:
        return None
    word = re.match(r"[a-z_]+", text)
    for k in node.keywords:
        if word and k.arg == word.group():
            return place_of(frames[-1].tb_frame.f_code.co_filename, k.value)
    return place_of(frames[-1].tb_frame.f_code.co_filename, node.func)


def _of_ours(e, tb):
    """What is wrong with the call of one of our constructors; None for another error."""
    import runnable

    text = str(e)
    if "__init__()" not in text and "execute()" not in text:
        return None
    call = _call(tb)
    node = call.node()
    for one in [node] if node is not None else call.candidates():
        name = getattr(one.func, "id", getattr(one.func, "attr", ""))
        cls = getattr(runnable, name, None) or tb.tb_frame.f_globals.get(name)
        if isinstance(cls, type) and cls.__module__.startswith("runnable."):
            told = _judge(text, call.file, one, name, cls)
            if told is not None:
                return told
    return None


def _judge(text, file, node, name, cls):
    """What an error says of a call; None where it is about another one."""
    takes, given = _arguments(cls), {k.arg: k for k in node.keywords}
    unknown = re.search(r"unexpected keyword argument '(\w+)'", text)
    if unknown:
        word = unknown.group(1)
        if word not in given:
            return None
        at = place_of(file, given[word].value)
        start = place_of(file, given[word])
        hint = near(word, takes) or f"; it accepts {', '.join(sorted(takes))}"
        return f'{name} has no argument "{word}"{hint}', "RR0507", Place(file, start.line, start.col, at.end_line, at.end_col)
    lacking = re.search(r"missing \d+ required keyword-only arguments?: (.*)", text)
    if lacking:
        words = re.findall(r"'(\w+)'", lacking.group(1))
        if any(w in given or w not in takes for w in words):
            return None
        return f"{name} needs {listed(words)}", "RR0507", place_of(file, node.func)
    if "positional argument" in text and node.args:
        return f"the arguments of {name} are given by name: {name}({_first(cls)}=...)", "RR0507", place_of(file, node.func)
    return None


def _call(tb):
    """The call that a frame of a traceback was at; the frame itself may have gone on since."""
    inner = tb.tb_next.tb_frame.f_locals.get("self") if tb.tb_next is not None else None
    return Call(tb.tb_frame, type(inner).__name__, tb.tb_lineno, tb.tb_lasti)


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

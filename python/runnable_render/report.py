"""Failures, and tracebacks that show the user's code and not ours."""
import os
import sys

OURS = os.path.dirname(os.path.abspath(__file__))
_FLOW = os.path.join(os.path.dirname(OURS), "flow", "metaflow", "")
LONGEST = 2000  # characters of a message


class Failure(Exception):
    """A failure of the step that has a message of its own. kind: data or error."""

    def __init__(self, message, kind="data", exit_code=0):
        super().__init__(message)
        self.message, self.kind, self.exit_code = message, kind, exit_code


def is_plumbing(filename):
    """Whether a file is one of this program's, or of what calls the user's code."""
    return (
        filename.startswith((OURS + os.sep, _FLOW, "<frozen importlib"))
        or filename.endswith(("rr_boot.py", os.path.join("importlib", "__init__.py")))
        or f"{os.sep}asyncio{os.sep}" in filename
    )


def _users_part(tb):
    while tb is not None and is_plumbing(tb.tb_frame.f_code.co_filename):
        tb = tb.tb_next
    return tb


def print_traceback(exc):
    """Writes the user's part of the traceback to stderr, which is the step's log."""
    import traceback

    seen, e = set(), exc
    while e is not None and id(e) not in seen:
        seen.add(id(e))
        e.__traceback__ = _users_part(e.__traceback__)
        e = e.__cause__ or (None if e.__suppress_context__ else e.__context__)
    traceback.print_exception(type(exc), exc, exc.__traceback__, file=sys.stderr)


def describe(exc):
    """The last part of a traceback: the exception's type and text."""
    import traceback

    try:
        text = "".join(traceback.format_exception_only(type(exc), exc)).strip()
    except Exception:  # an exception whose __str__ fails
        text = type(exc).__name__
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def nearest(name, known):
    """`; did you mean "x"?`, or nothing."""
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def listed(names, none="none"):
    """Names for a message, not endlessly many."""
    names = list(names)
    shown = ", ".join(str(n) for n in names[:40])
    if len(names) > 40:
        shown += f" and {len(names) - 40} more"
    return shown or none

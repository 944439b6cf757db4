"""Where in the user's files something was written, and what is said of an error there."""
import os
import sys
import traceback

_OURS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")


def written():
    """(file, line) of the innermost call that is not ours; ("", 0) where there is none."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    return (frame.f_code.co_filename, frame.f_lineno) if frame is not None else ("", 0)


def failed_at(e):
    """"at flow.py, line 3, ", the line of the user's where an error came up; nothing where there is none."""
    theirs = [f for f in traceback.extract_tb(e.__traceback__) if not f.filename.startswith((_OURS, "<"))]
    return f"at {os.path.basename(theirs[-1].filename)}, line {theirs[-1].lineno}, " if theirs else ""


def misfit(e):
    """What is wrong with the arguments of a call of the user's that could not be made; None for an error inside of it.

    It is for the function that makes the call, where it catches the error."""
    return str(e) if isinstance(e, TypeError) and e.__traceback__.tb_next is None else None


def explain_errors():
    """Has an error in a flow that its user starts, `python flow.py …`, end in what `runnable-render check` says of it."""
    before = sys.excepthook

    def hook(kind, e, tb):
        code = _checked() if issubclass(kind, Exception) and _through_us(tb) else 0
        if code:
            sys.stdout.flush()
            os._exit(code)
        before(kind, e, tb)

    sys.excepthook = hook


def _through_us(tb):
    return any(f.f_code.co_filename.startswith(_OURS) for f, _ in traceback.walk_tb(tb))


def _checked():
    """The exit code of a check of the flow in the main file, whose messages go to stderr; 0 where there is nothing to say."""
    import subprocess

    from .client import tool
    from .exception import MetaflowException

    file = getattr(sys.modules.get("__main__"), "__file__", None)
    try:
        with open(file, "rb") as f:
            if b"FlowSpec" not in f.read():
                return 0
        near = os.path.relpath(file)
        file = file if near.startswith(os.pardir) else near
        return subprocess.run([tool(), "check", file, "--python", sys.executable], stdout=2).returncode
    except (TypeError, OSError, MetaflowException):
        return 0

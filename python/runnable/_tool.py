"""execute() in a program that the user started: hands the pipeline to runnable-render, which runs it.

What is handed over goes to the tool's stdin as one JSON object: {"document", "options", "path", "session"}. No file is read again:
the program may be a script, a server, a test runner or a notebook, and several threads may execute at a time.
"""
import os
import subprocess
import sys
import sysconfig
import threading

from ._errors import DefinitionError, ExecutionFailed, ExecutionFailedError
from ._mode import SESSION, main_file, running_loop
from ._notices import listening


def run(pipeline, options):
    """Runs a pipeline; raises what failed() says if the run failed."""
    command, handed = prepared(pipeline, options)
    if sys.stdout is not None:
        sys.stdout.flush()
    with listening() as (_, more):
        process = subprocess.Popen(command, stdin=subprocess.PIPE, **more)
        try:
            process.communicate(handed)
        except KeyboardInterrupt:  # which the tool has got as well
            process.wait()
            raise failed(130) from None
    if process.returncode:
        raise failed(process.returncode)


def failed(code):
    """The exception for a run that failed. In a script it ends the program with the tool's exit code if nobody catches it.
    A server, a test runner, a thread, an event loop or a session goes on: SystemExit would end an event loop with all that
    runs in it."""
    alone = _is_script() and threading.current_thread() is threading.main_thread() and running_loop() is None
    return ExecutionFailed(code) if alone else ExecutionFailedError(code)


def _is_script():
    main = main_file()
    return sys.argv[:1] == ["-c"] if main is None else not _installed(os.path.abspath(main))


def prepared(pipeline, options):
    """The command that runs a pipeline, and what goes to its stdin."""
    import json

    from runnable_render.program import ProgramNotFoundError, program

    from . import _session
    from ._graph import Document

    file = _definition(pipeline)
    try:
        tool = program()
    except ProgramNotFoundError as e:
        why = e if os.environ.get("RUNNABLE_RENDER") else "the program runnable-render is not on PATH; install it"
        raise DefinitionError(f"{why}{_without(file)}") from None
    document = Document(_shown)
    handed = {"document": document.text(pipeline), "options": options, "path": {"first": _modules()}}
    if main_file() is None:
        handed["session"] = _session.module(document.commands)
    return [tool, "run", file, "--handed", "--python", sys.executable], json.dumps(handed).encode("utf-8")


def _without(file):
    """What works without the program, if anything does."""
    return f", or run the pipeline with: runnable-render run {os.path.basename(file)}" if os.path.isfile(file) else ""


def _definition(pipeline):
    """The file that stands for the definition: the program that was started, or, where that is a server's or a test
    runner's, the file that made the pipeline. In an interactive session there is none; its name says so."""
    main = main_file()
    made = pipeline.call.file if pipeline.call is not None else ""
    for file in (main, made):
        if file and os.path.isfile(file) and not _installed(file):
            return file
    return os.path.join(os.getcwd(), SESSION + ".py")


def _modules():
    """The folders of the user's that this program imports from."""
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    folders = [os.path.abspath(p or ".") for p in sys.path if isinstance(p, str)]
    return [p for p in folders if p != own and os.path.isdir(p) and not _installed(os.path.join(p, ""))]


def _installed(file):
    """Reports whether a file belongs to the interpreter or to an installed package, not to the user."""
    paths = sysconfig.get_paths()
    if os.sep + "dist-packages" + os.sep in file or os.sep + "site-packages" + os.sep in file:
        return True
    return os.path.abspath(file).startswith(tuple(os.path.join(paths[k], "") for k in ("stdlib", "platstdlib", "purelib", "platlib", "scripts")))


def _shown(path):
    """A file as a message names it."""
    near = os.path.relpath(path) if os.path.isabs(path) else path
    return path if near.startswith("..") else near.replace(os.sep, "/")

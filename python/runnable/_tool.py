"""execute() in a program that the user started: runs the pipeline's file with runnable-render."""
import os
import shutil
import subprocess
import sys
import sysconfig

from ._errors import DefinitionError, ExecutionFailed
from ._places import user_files


def run(options):
    """Runs the pipeline; ends the program with the tool's exit code if it failed and nobody catches that."""
    command, env = prepared(options)
    sys.stdout.flush()
    try:
        code = subprocess.call(command, env=env)
    except KeyboardInterrupt:
        code = 130
    if code:
        raise ExecutionFailed(code)


def prepared(options):
    """The command that runs the pipeline, and its environment."""
    import json

    file, args = _definition()
    tool = os.environ.get("RUNNABLE_RENDER") or shutil.which("runnable-render")
    if not tool:
        raise DefinitionError(f"the program runnable-render is not on PATH; install it, or run the pipeline with: runnable-render run {os.path.basename(file)}")
    command = [tool, "run", file, "--python", sys.executable]
    for option, flag in (("configuration_file", "--config"), ("parameters_file", "-p"), ("run_id", "--run-id"), ("tag", "--tag")):
        if options[option]:
            command += [flag, options[option]]
    return command, {**os.environ, "RUNNABLE_DEFINITION_ARGS": json.dumps(args)}


def _definition():
    """The file that defines the pipeline, and its arguments: the program that was started, or, where that is a
    server's or a test runner's, the file that called execute()."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    if main and not _installed(main):
        return main, sys.argv[1:]
    for file in user_files():
        if os.path.isfile(file) and not _installed(file):
            return file, []
    raise DefinitionError("execute() needs a file that runnable-render can read; in an interactive session, write the pipeline to a file first")


def _installed(file):
    """Reports whether a file belongs to the interpreter or to an installed package, not to the user."""
    paths = sysconfig.get_paths()
    return os.path.abspath(file).startswith(tuple(os.path.join(paths[k], "") for k in ("stdlib", "platstdlib", "purelib", "platlib", "scripts")))

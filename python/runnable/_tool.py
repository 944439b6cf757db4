"""execute() in a program that the user started: runs the program's file with runnable-render."""
import os
import shutil
import subprocess
import sys

from ._errors import DefinitionError, ExecutionFailed


def run(options):
    """Runs the pipeline of the file that was started; ends the program with the tool's exit code if it failed."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    if not file:
        raise DefinitionError("execute() needs a file that runnable-render can read; in an interactive session, write the pipeline to a file first")
    tool = os.environ.get("RUNNABLE_RENDER") or shutil.which("runnable-render")
    if not tool:
        raise DefinitionError(f"the program runnable-render is not on PATH; install it, or run the pipeline with: runnable-render run {os.path.basename(file)}")
    args = [tool, "run", file, "--python", sys.executable]
    for option, flag in (("configuration_file", "--config"), ("parameters_file", "-p"), ("run_id", "--run-id"), ("tag", "--tag")):
        if options[option]:
            args += [flag, options[option]]
    import json

    sys.stdout.flush()
    env = {**os.environ, "RUNNABLE_DEFINITION_ARGS": json.dumps(sys.argv[1:])}
    try:
        code = subprocess.call(args, env=env)
    except KeyboardInterrupt:
        code = 130
    if code:
        raise ExecutionFailed(code)

"""The Python side of runnable-render: reads the results of runs, and runs a user's functions. Standard library only, Python 3.9
and later.

    from runnable_render import Run, run, runs

client, steps, files, display, program   runs and their results, for programs and notebooks (docs/python-client.md)

What follows serves steps:

worker  the protocol: one request, one answer, over a socket
serve   the warm parent that forks for each task
libraries  what a parent may import before it forks
needs   what of that a module imports, told from its source
leave   the end of a fork
call    loads the function, calls it, splits what it returns
notebook  runs a notebook by papermill or nbclient
bind    arguments by name
cast    values by annotation
values  values to and from JSON and pickles
plainjson  JSON without the imports of package json
report  failures and the user's traceback
"""
TYPE_CHECKING = False  # as type checkers know it, without importing typing: steps start with this package
if TYPE_CHECKING:
    from .client import Error, LogLine, Run, Runs, run, runs
    from .files import File, Files, Objects
    from .program import ProgramNotFoundError, RunnableRenderError
    from .steps import Step, Steps

__all__ = ["Error", "File", "Files", "LogLine", "Objects", "ProgramNotFoundError", "Run", "RunnableRenderError", "Runs", "Step", "Steps", "run", "runs"]


def __getattr__(name):
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import client, files, program

    for module in (client, files, program):
        if hasattr(module, name):
            return getattr(module, name)


def __dir__():
    return sorted([*globals(), *__all__])

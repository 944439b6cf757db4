"""What this process is for: to read a flow, to run one of its steps, or neither: a program that the
user started, whose command line _cli.py reads."""


class Handed(SystemExit):
    """Ends the user's program: the flow is known."""


class Mode:
    recorder = None  # takes the flow that the file starts
    running = False  # a step is being run
    flow = None  # the file of the flow whose command line is read
    here = None  # the user's current folder, while a flow is read in another
    configs = {}  # the configurations of the flow by name, as its class is defined
    given = {}  # in a step: their values, as the definition has them


def started(cls):
    """The user's file starts a flow."""
    if Mode.recorder is not None:
        Mode.recorder.started(cls)
    elif not Mode.running:
        import os
        import sys

        from . import _cli

        file = sys.modules["__main__"].__file__
        Mode.flow = os.path.abspath(file)
        _cli.main(cls, file, sys.argv[1:])

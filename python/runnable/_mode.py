"""What this process is for: to define (recorder is set), to run a step, or neither: a program that the user started."""
import os


class Mode:
    recorder = None  # takes the pipeline that execute() is called on
    main = None  # the name under which a step imports the definition's own file


def in_step():
    """Reports whether a step of a run is being executed: then execute() does nothing, as the run is under way."""
    return "RUNNABLE_STEP_ATTEMPT" in os.environ or "RUNNABLE_STEP" in os.environ


def main_module():
    """The module name of the file that was started."""
    import sys

    if Mode.main is not None:
        return Mode.main
    file = getattr(sys.modules.get("__main__"), "__file__", None) or "__main__"
    return os.path.splitext(os.path.basename(file))[0]

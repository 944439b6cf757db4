"""What this process is for: to define (recorder is set), to run a step, or neither: a program that the user started."""
import os


SESSION = "interactive"  # the module that the functions of an interactive session are said to be of


class Mode:
    recorder = None  # takes the pipeline that execute() is called on
    here = None  # the user's current folder, while a definition is read
    main = None  # the name under which a step imports the definition's own file


def in_step():
    """Reports whether a step of a run is being executed: then execute() does nothing, as the run is under way."""
    return "RUNNABLE_STEP_ATTEMPT" in os.environ or "RUNNABLE_STEP" in os.environ


def recording():
    """Reports whether what is made here may be run, so that its place in the file is worth keeping."""
    return Mode.recorder is not None or not in_step()


def main_file():
    """The file that was started; None in an interactive session."""
    import sys

    return getattr(sys.modules.get("__main__"), "__file__", None)


def running_loop():
    """The event loop that runs in this thread, or None."""
    import sys

    asyncio = sys.modules.get("asyncio")
    return asyncio._get_running_loop() if asyncio is not None else None


MAIN = ("__main__", "__mp_main__")  # what the file that was started is called, here and in processes of multiprocessing


def main_module():
    """The module name of the file that was started, with the packages around it where it was started by python -m."""
    if Mode.main is not None:
        return Mode.main
    import sys

    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    if spec is not None and spec.name != "__main__":
        return spec.name
    return os.path.splitext(os.path.basename(main_file() or SESSION))[0]

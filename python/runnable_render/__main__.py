"""python -m runnable_render FILE [ARGUMENT…], or -m MODULE [ARGUMENT…]: does what `python` does with these words, with the packages
`runnable` and `metaflow` of this project. They lie below this package, so that those of PyPI may be installed beside it, and stay
what every other program gets.
"""
import os
import runpy
import sys

from .program import ProgramNotFoundError, program

USAGE = "usage: python -m runnable_render FILE [ARGUMENT…], or python -m runnable_render -m MODULE [ARGUMENT…]"


def main() -> None:
    del sys.argv[0]
    module = sys.argv[:1] == ["-m"]
    if module:
        del sys.argv[0]
    if not sys.argv:
        sys.exit(USAGE)
    if not module and not os.path.isfile(sys.argv[0]):
        sys.exit(f"{sys.argv[0]}: there is no such file; {USAGE}")
    try:
        os.environ["RUNNABLE_RENDER"] = program()
    except ProgramNotFoundError as e:
        sys.exit(str(e))
    if not module and not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
    sys.path[0:0] = served()
    if module:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(sys.argv[0], run_name="__main__")


def served() -> list:
    """The folders that hold the packages: below this one where it was installed, beside it in a checkout."""
    here = os.path.dirname(os.path.abspath(__file__))
    installed = os.path.join(here, "served")
    folder = installed if os.path.isdir(installed) else os.path.dirname(here)
    return [folder, os.path.join(folder, "flow")]


if __name__ == "__main__":
    main()

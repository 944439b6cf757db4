"""Finds the program runnable-render and asks it. What it prints as JSON is the contract: nothing here reads a store, so that
every store that the program knows works.
"""
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import warnings
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .values import from_json

NAME = "runnable-render"


class RunnableRenderError(RuntimeError):
    """What the program could not do. code is its exit code: 2 for a wrong name or option, 3 for a store or a file that failed."""

    def __init__(self, message: str, code: int = 3) -> None:
        super().__init__(message)
        self.code = code


class ProgramNotFoundError(RunnableRenderError):
    """There is no program runnable-render."""


def program() -> str:
    """The program's path: of the variable RUNNABLE_RENDER, else the one that was installed with this package, else on PATH."""
    said = os.environ.get("RUNNABLE_RENDER")
    if said:
        found = shutil.which(said)
        if not found:
            raise ProgramNotFoundError(f"RUNNABLE_RENDER names {said!r}, which is no program; correct it or unset it")
        return found
    found = shutil.which(NAME, path=os.pathsep.join(_beside())) or shutil.which(NAME)
    if not found:
        raise ProgramNotFoundError(
            f"the program {NAME} is neither beside this package nor on PATH; install the wheel of {NAME} in this environment, "
            "or name the program in the variable RUNNABLE_RENDER"
        )
    return found


def _beside() -> List[str]:
    """The folders into which pip installs programs: of this environment, of this user, of `pip install --target`."""
    above = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    schemes = {"posix": "posix_user", "nt": "nt_user"}
    folders = [sysconfig.get_path("scripts"), os.path.join(above, "bin")]
    user = schemes.get(os.name)
    if user in sysconfig.get_scheme_names():
        folders.append(sysconfig.get_path("scripts", user))
    return [f for f in folders if f]


def environment() -> Dict[str, str]:
    """The program's environment. The virtual environment of this Python is the active one, unless another one is."""
    environ = dict(os.environ)
    if sys.prefix != sys.base_prefix:
        environ.setdefault("VIRTUAL_ENV", sys.prefix)
    return environ


def call(words: Sequence[str], into: Optional[Any] = None) -> bytes:
    """What the program prints; into gets it where that is an open file."""
    done = subprocess.run(
        [program(), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if into is None else into,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode:
        raise RunnableRenderError(complaint(said), done.returncode)
    for line in said.splitlines():
        if line.startswith("warning: "):
            warnings.warn(line[len("warning: ") :], stacklevel=3)
    return done.stdout or b""


def ask(words: Sequence[str]) -> Any:
    """The JSON that the program prints."""
    return from_json(call([*words, "--format", "json"]))


def followed(command: List[str]) -> Tuple[int, bytes, str]:
    """Runs a command, whose stderr is told as it comes: its exit code, its output, and what it told."""
    said: List[str] = []
    # In a session of its own: Ctrl-C is handed on once, and the second one would kill the steps at once.
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), start_new_session=os.name == "posix"
    )
    output, told = process.stdout, process.stderr
    assert output is not None and told is not None
    with process:
        out: List[bytes] = []
        reader = threading.Thread(target=lambda: out.append(output.read()), daemon=True)
        reader.start()
        try:
            for line in told:
                said.append(line.decode("utf-8", "replace"))
                print(said[-1], end="", file=sys.stderr, flush=True)
            process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)  # the run ends its steps and can be continued
            for line in told:
                print(line.decode("utf-8", "replace"), end="", file=sys.stderr, flush=True)
            raise
        reader.join()
    return process.returncode, b"".join(out), "".join(said)


def complaint(said: str) -> str:
    """A message of the program's without what is for a shell."""
    lines = [line for line in said.splitlines() if not line.startswith("See '")]
    text = "\n".join(lines).strip()
    return text[len(NAME) + 2 :] if text.startswith(NAME + ": ") else text

"""Runs a command and says what it cost, with all its children."""
import dataclasses
import os
import statistics
import subprocess
import time


@dataclasses.dataclass
class Cost:
    cpu: float  # seconds, user and system, of the command and of every process below it that it waited for
    wall: float  # seconds
    memory: float  # bytes; the peak of the largest process


class Failed(Exception):
    """A command ended with another code than 0, or did not do its work."""


def once(argv, folder, environ={}):
    """Runs argv in a folder, with more in its environment. What it writes goes to the file `log` there."""
    env = os.environ | {"USERNAME": "bench"} | environ  # Metaflow runs for nobody without a name
    with open(os.path.join(folder, "log"), "wb") as log:
        started = time.monotonic()
        process = subprocess.Popen(argv, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        with open(os.path.join(folder, "log"), errors="replace") as log:
            raise Failed(f"{' '.join(argv)} in {folder} ended with {process.returncode}:\n{log.read()[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024)


def median(costs):
    return Cost(*(statistics.median(getattr(c, f.name) for c in costs) for f in dataclasses.fields(Cost)))

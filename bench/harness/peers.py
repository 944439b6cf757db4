"""The tools that are measured, and where they come from."""
import os
import platform
import shutil
import subprocess
import sys

PACKAGES = ["runnable", "metaflow", "hera", "kfp", "numpy", "pandas"]
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "runnable-render-bench")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def build(folder):
    """Builds our program and our benchmarks in process, and returns their paths: a run measures one state of the source."""
    program, inside = (os.path.join(folder, name) for name in ["runnable-render", "bench.test"])
    env = os.environ | {"CGO_ENABLED": "0"}
    subprocess.run(["go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "./cmd/runnable-render"], cwd=ROOT, env=env, check=True)
    subprocess.run(["go", "test", "-trimpath", "-c", "-o", inside, "./bench"], cwd=ROOT, env=env, check=True)
    return program, inside


def room():
    """The folder that runs are made in: in memory, if there is enough of it. For minutes after a build has removed files,
    ext4 without a journal looks at each of their inodes before it takes one for a new file, which can double what a step
    costs: a measure of what the machine did before."""
    memory = "/dev/shm"
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 12 << 30:
        return memory
    return CACHE


def python():
    """The interpreter of a virtual environment with the peers, which is made in the user's cache where it is missing."""
    venv = os.path.join(CACHE, "peers-2")
    at = os.path.join(venv, "bin", "python")
    done = os.path.join(venv, "complete")
    if not os.path.exists(done):
        print("installing " + ", ".join(PACKAGES), file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([at, "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES], check=True)
        open(done, "w").close()
    return at


def active(python):
    """The environment in which an interpreter's virtual environment is the active one, as after `. bin/activate`."""
    folder = os.path.dirname(python)
    return {"VIRTUAL_ENV": os.path.dirname(folder), "PATH": folder + os.pathsep + os.environ["PATH"]}


def versions(ours, peers):
    """What is measured, by name."""
    out = {
        "runnable-render": commit(),
        "Go": subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True).stdout.strip(),
        "GNU make": first_line(["make", "--version"]).rsplit(" ", 1)[-1],
        "Python": platform.python_version(),
    }
    if peers:
        for package in PACKAGES:
            code = f"import importlib.metadata as m; print(m.version({package!r}))"
            out[package] = first_line([peers, "-c", code])
    return out


def commit():
    return first_line(["git", "-C", ROOT, "describe", "--always", "--dirty"]) or "unknown"


def first_line(argv):
    if not shutil.which(argv[0]):
        return "missing"
    return (subprocess.run(argv, capture_output=True, text=True).stdout.splitlines() or [""])[0]


def machine(folder):
    """A line about the machine."""
    model = memory = ""
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), platform.machine())
    with open("/proc/meminfo") as f:
        memory = f"{int(next(f).split()[1]) / 1024 / 1024:.0f} GiB"
    disk = first_line(["stat", "--file-system", "--format", "%T", folder])
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    return f"{os.cpu_count()} processors ({model}), {memory}, Linux {platform.release()}, stores on {disk}, load average at the start {load}"

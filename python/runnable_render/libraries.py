"""The libraries that a warm parent may import before it forks, and the changes that their import may make.

A library is on the list in the versions that the tests in e2e/warm have held against fresh interpreters: what an
interpreter is before and after the import and in forks, and that its threaded operations work in many forks at once.
"""
import _locale
import _signal
import fcntl
import os
import sys


class _Library:
    def __init__(self, *series, lazy=False, threads=False, reads=()):
        self.series = series  # beginnings of versions; none: it is plain Python, any will do
        self.lazy = lazy  # a name that is imported from it may import modules of it
        self.threads = threads  # its native threads cope with a fork
        self.reads = reads  # files in the working folder that its import looks at


LISTED = {
    "numpy": _Library("2.0", "2.2", "2.4", "2.5", threads=True),
    "pandas": _Library("2.3", "3.1", threads=True),
    "scipy": _Library("1.13", "1.15", "1.17", "1.18", threads=True),
    "sklearn": _Library("1.6", "1.7", "1.9", threads=True),
    "pyarrow": _Library("21.0", "26.0", threads=True),
    "matplotlib": _Library("3.9", "3.10", "3.11", reads=("matplotlibrc",)),
    "pydantic": _Library("2.13", "2.14", lazy=True),
}

# What these are made of.
_BESIDE = (
    "pydantic_core annotated_types typing_extensions typing_inspection dateutil six pytz tzdata joblib threadpoolctl narwhals "
    "cloudpickle packaging cycler kiwisolver contourpy pyparsing PIL fontTools mpl_toolkits importlib_resources zipp pylab backports"
).split()


def known(more):
    """The libraries that modules are looked through for. more: those that the user vouches for; None: there are to be none."""
    return {} if more is None else {**dict.fromkeys(more), **LISTED}


def is_standard(folder):
    """Reports whether a folder of sys.path is the standard library's."""
    home = os.path.dirname(os.__file__)
    inside = folder == home or folder.startswith(home + os.sep)
    return inside and "-packages" not in folder[len(home) :] or folder.endswith("python%d%d.zip" % sys.version_info[:2])


class Loaded:
    """What was imported. names: the first parts of all modules that were, without what any interpreter has."""

    def __init__(self, wanted=(), names=(), missing=()):
        self.wanted, self.names, self.missing = list(wanted), frozenset(names), frozenset(missing)
        self.reads = frozenset(f for n in self.names if n in LISTED for f in LISTED[n].reads)

    def hidden_by(self, front, others, names):
        """Why an interpreter would import something else. front: the folders that it searches before the standard library;
        names: what is in a folder."""
        for folder in [*front, *others]:
            here = names(folder)
            found = here & self.missing | (here & (self.names | self.reads) if folder in front else set())
            if found:
                return f"{os.path.join(folder, min(found))} is there"
        return None


class _Missing:
    """Stands last among the finders: what it is asked for is nowhere."""

    def __init__(self):
        self.names = set()

    def find_spec(self, name, path=None, target=None):
        self.names.add(name.partition(".")[0])
        return None


def load(wanted, more, theirs):
    """Imports libraries, with nothing of the user's in reach; returns them, and why this process cannot be a parent."""
    before, had, path, missing = _state(), set(sys.modules), list(sys.path), _Missing()
    sys.path[:] = [p for p in path if p not in theirs]
    sys.meta_path.append(missing)
    try:
        for name in wanted:
            module, _, attribute = name.partition(":")
            __import__(module, None, None, [attribute] if attribute else [])
    finally:
        sys.meta_path.remove(missing)
        kept, sys.path[:] = list(sys.path), path
    if kept != [p for p in path if p not in theirs]:
        return None, "an import changed sys.path"
    names = {n.partition(".")[0] for n in set(sys.modules) - had}
    why = _unknown(names, more or ()) or _difference(before, _state())
    return Loaded(wanted, names, missing.names - names), why


def _unknown(names, more):
    """Why modules of these names may not be in a parent."""
    vouched = [n for n in names if n in more]
    for name in sorted(names):
        module = sys.modules.get(name)
        file = getattr(module, "__file__", None)
        if file is None or is_standard(os.path.dirname(file)) or name in _BESIDE or name.startswith("_"):
            continue
        if name not in LISTED:
            if vouched:
                continue
            return f"{name} is not on the list of libraries"
        version = str(getattr(module, "__version__", ""))
        if not any(version == s or version.startswith(s + ".") for s in LISTED[name].series):
            return f"{name} {version} is a version that was not tested"
    if _native_threads() > 1 and not any(LISTED[n].threads for n in names if n in LISTED):
        return f"{' and '.join(sorted(vouched)) or 'the interpreter'} starts threads"
    return None


def _native_threads():
    return len(os.listdir("/proc/self/task"))


def _state():
    """What an import must leave as it is."""
    mask = os.umask(0)
    os.umask(mask)
    return {
        "the handling of signals": [_handler(n) for n in range(1, 65)],
        "the working folder": os.getcwd(),
        "the umask": mask,
        "the open files": _open_files(),
        "the environment": {**os.environ},
        "the locale": _locale.setlocale(_locale.LC_ALL, None),
        "the excepthook": sys.excepthook is sys.__excepthook__,
        "the limit of recursion": sys.getrecursionlimit(),
        "the number of threads": len(sys._current_frames()),
        "the precision of decimal": _decimal(),
        "the child processes": _children(),
        "the temporary files": _temporary(),
        "its output": _printed(),
    }


def _difference(before, after):
    for what, old in before.items():
        new = after[what]
        if what == "the environment":
            new = {k: v for k, v in new.items() if k in old}  # what is added, it would add in the task
        if new != old:
            return f"an import changes {what}"
    return None


def _handler(number):
    try:
        return _signal.getsignal(number)
    except ValueError:
        return None


def _open_files():
    out = []
    for fd in os.listdir("/proc/self/fd"):
        try:
            out.append((fd, os.readlink(f"/proc/self/fd/{fd}")))
        except OSError:
            pass  # that of the listing itself
    return [(fd, name) for fd, name in out if not name.startswith("anon_inode:")]


def _decimal():
    decimal = sys.modules.get("decimal")
    return decimal is None or str(decimal.getcontext()) == str(decimal.Context())


def _children():
    try:
        os.waitpid(-1, os.WNOHANG)
        return True
    except ChildProcessError:
        return False


def _temporary():
    weakref = sys.modules.get("weakref")
    return 0 if weakref is None else len(weakref.finalize._registry)


def _printed():
    """The number of bytes that wait in our pipe, which nobody reads."""
    for s in (sys.stdout, sys.stderr):
        s.flush()
    return int.from_bytes(fcntl.ioctl(1, 0x541B, b"\0\0\0\0"), sys.byteorder)  # FIONREAD


def start_hook(ours):
    """What of the user's, if anything, runs whenever this Python starts: it would have run in the parent. What packages
    have run then, by files .pth, may have run here, too, unless it starts threads."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or name == "__main__" or file.startswith(ours + os.sep) or is_standard(os.path.dirname(file)):
            continue
        if name in ("sitecustomize", "usercustomize") or not _is_installed(file):
            return f"{file} runs at each start of Python"
    if _native_threads() > 1:
        return "something starts threads whenever this Python starts"
    return None


def _is_installed(file):
    return f"{os.sep}site-packages{os.sep}" in file or f"{os.sep}dist-packages{os.sep}" in file


def fresh_random():
    """Gives a fork random numbers of its own where the standard library does not do so itself."""
    mtrand = sys.modules.get("numpy.random.mtrand")
    if mtrand is not None:
        mtrand.seed()
    process = sys.modules.get("multiprocessing.process")
    if process is not None:
        process.current_process().authkey = os.urandom(32)

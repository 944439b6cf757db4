"""The warm parent: imports the user's modules once and forks for each task. Linux only.

    -> {"id", "module", "warm"}  and two descriptors: the task's socket, and its stdout and stderr
    <- {"id", "pid"} | {"id", "stale"} | {"id", "cold": why}
    <- {"exited": pid, "code"} | {"exited": pid, "signal"}
    -> {"reap": pid}

A module is imported here only when the runner says `warm`, which it does after a fork has imported it without harm.
A module that starts a thread or leaves a file or socket open when it is imported cannot be shared by forks; its tasks
then get interpreters of their own.
"""
import atexit
import difflib  # noqa: F401  what tasks may need is here before they are forked
import gc
import inspect  # noqa: F401
import io
import os
import pickle  # noqa: F401
import random
import selectors
import signal
import socket
import sys
import sysconfig
import threading
import traceback
import warnings

from . import cast, plainjson, worker  # noqa: F401

try:
    import ctypes
except ImportError:  # an interpreter built without it
    ctypes = None

_PR_SET_PDEATHSIG = 1


class _Loaded:
    """The user's source files that this process has imported, as they were then."""

    def __init__(self):
        paths = sysconfig.get_paths()
        self._not_theirs = tuple({os.path.join(paths[k], "") for k in ("stdlib", "platstdlib", "purelib", "platlib")})
        self._seen = {}

    def note(self):
        for m in list(sys.modules.values()):
            f = getattr(m, "__file__", None)
            if isinstance(f, str) and f not in self._seen and not f.startswith(self._not_theirs):
                self._seen[f] = self._state(f)

    def changed(self):
        return any(self._state(f) != s for f, s in self._seen.items())

    @staticmethod
    def _state(f):
        try:
            s = os.stat(f)
            return (s.st_mtime_ns, s.st_size, s.st_ino)
        except OSError:
            return None


class _Seeds:
    """Forks must not share one state of the random generators, unless the task's module seeded them."""

    def __init__(self):
        self.states = {}

    def around(self, module, work):
        seeded, original = [], random.seed

        def noting(*args, **kwargs):
            seeded.append(bool(args or kwargs))
            return original(*args, **kwargs)

        random.seed = noting
        try:
            work()
        finally:
            random.seed = original
        if any(seeded):
            self.states[module] = random.getstate()

    def in_child(self, module):
        if module in self.states:  # Python seeds anew after a fork; a cold start would have this state
            random.setstate(self.states[module])
        numpy = sys.modules.get("numpy.random")
        try:
            bits = numpy.mtrand._rand._bit_generator
            if getattr(bits, "seed_seq", None) is not None or getattr(bits, "_seed_seq", None) is not None:
                numpy.seed()  # seeded by the system, not by the user
        except Exception:
            pass


def _open_files():
    try:
        return {(fd, os.readlink(f"/proc/self/fd/{fd}")) for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")}
    except OSError:
        return set()


class Server:
    def __init__(self, fd):
        os.set_inheritable(fd, False)
        self.sock = socket.socket(fileno=fd)
        self.buffer, self.fds = b"", []
        self.loaded, self.seeds, self.failed = _Loaded(), _Seeds(), set()
        self.pid, self.children = os.getpid(), set()
        try:
            self.prctl = ctypes.CDLL(None, use_errno=True).prctl
        except Exception:
            self.prctl = None
        self.wake_r, self.wake_w = os.pipe()
        os.set_blocking(self.wake_r, False)
        os.set_blocking(self.wake_w, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake_w, warn_on_full_buffer=False)

    def send(self, message):
        self.sock.sendall(plainjson.dumps(message).encode("ascii") + b"\n")

    def loop(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.sock, selectors.EVENT_READ, "request")
            selector.register(self.wake_r, selectors.EVENT_READ, "child")
            while True:
                for key, _ in selector.select():
                    if key.data == "child":
                        self.note_exits()
                    else:
                        fd = self.read()
                        if fd is not None:  # in the child
                            return fd
                        if self.sock is None:
                            return None

    def note_exits(self):
        try:
            os.read(self.wake_r, 4096)
        except BlockingIOError:
            pass
        for pid in list(self.children):
            # The runner kills what the task left behind before the number may be used again: it says when to reap.
            info = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if info is None:
                continue
            self.children.discard(pid)
            how = "code" if info.si_code == os.CLD_EXITED else "signal"
            self.send({"exited": pid, how: info.si_status})

    def read(self):
        data, fds, _, _ = socket.recv_fds(self.sock, 65536, 4)
        if not data:
            self.sock.close()
            self.sock = None
            return None
        self.buffer += data
        self.fds += fds
        while b"\n" in self.buffer:
            line, _, self.buffer = self.buffer.partition(b"\n")
            message = plainjson.loads(line)
            if "reap" in message:
                os.waitpid(message["reap"], 0)
                continue
            fds, self.fds = self.fds[:2], self.fds[2:]
            child = self.start(message, *fds)
            if child is not None:
                return child
        return None

    def start(self, message, task_fd, log_fd):
        try:
            if self.loaded.changed():
                self.send({"id": message["id"], "stale": True})
                return None
            why = self.warm(message["module"], log_fd) if message["warm"] else None
            if why:
                self.send({"id": message["id"], "cold": why})
                return None
            sys.stdout.flush()
            sys.stderr.flush()
            pid = _fork()
            if pid == 0:
                return self.become_task(message["module"], task_fd, log_fd)
            self.children.add(pid)
            self.send({"id": message["id"], "pid": pid})
            return None
        finally:
            if self.sock is not None:
                os.close(task_fd)
                os.close(log_fd)

    def warm(self, module, log_fd):
        """Imports a module; returns why its tasks cannot be forks, if they cannot."""
        if module in sys.modules or module in self.failed:
            return None
        files = _open_files()
        out, err = os.dup(1), os.dup(2)
        os.dup2(log_fd, 1)
        os.dup2(log_fd, 2)
        try:
            self.seeds.around(module, lambda: __import__(module))
        except BaseException:
            self.failed.add(module)  # the fork imports it itself and says what is wrong
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(out, 1)
            os.dup2(err, 2)
            os.close(out)
            os.close(err)
        if threading.active_count() > 1:
            return "it starts a thread when it is imported"
        gc.collect()
        left = [name for fd, name in _open_files() - files if not name.startswith("anon_inode:")]
        if left:
            return f"it leaves {left[0]} open when it is imported"
        self.loaded.note()
        gc.freeze()  # keeps the pages of what is loaded shared
        return None

    def become_task(self, module, task_fd, log_fd):
        os.setsid()
        if self.prctl is not None:
            self.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
            if os.getppid() != self.pid:
                os._exit(1)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.sock.close()
        self.sock = None
        os.close(self.wake_r)
        os.close(self.wake_w)
        os.dup2(log_fd, 1)
        os.dup2(log_fd, 2)
        os.close(log_fd)
        self.seeds.in_child(module)
        return task_fd


def _fork():
    if sys.version_info < (3, 12):
        return os.fork()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # native threads of numpy and the like cope with fork
        return os.fork()


def _leave(code):
    """Ends a fork as an interpreter would end, but without taking the whole heap apart."""
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
        if _holds_files():
            _flush_files()
    except BaseException:
        traceback.print_exc()
    os._exit(code)


def _holds_files():
    """Reports whether anything but the log is open, and so may hold what has not been written yet."""
    try:
        return len(os.listdir("/proc/self/fd")) > 4  # 0, 1, 2 and the folder itself
    except OSError:
        return True


def _flush_files():
    """Writes out the files that globals still hold open."""
    for f in [o for o in gc.get_objects() if isinstance(o, io.IOBase)]:
        try:
            if not f.closed:
                f.flush()
        except Exception:
            pass


def serve(fd):
    server = Server(fd)
    server.loaded.note()
    task_fd = server.loop()
    if task_fd is None:
        return 0
    code = 1
    try:
        code = worker.task(task_fd)
    except BaseException:
        traceback.print_exc()
    _leave(code)

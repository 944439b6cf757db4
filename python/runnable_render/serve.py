"""The warm parent: forks a process for each task. Linux only.

It runs none of the user's code and imports none of the user's modules: each fork does, as a fresh interpreter would. It
may be told to import libraries before it forks (libraries.py). What it needs itself is little but C modules, and a fork
forgets even these (rr_boot.py): a user's `select.py` is found first there, as always.

    -> {"load": [names], "more": [names]}     first of all: what to import, and which libraries the user vouches for
    <- {"ready": true} | {"unfit": why}       and it ends
    -> {"id", "module", "dir", "folders", "own"}  (modules.py) and two descriptors: the task's socket, and its stdout and stderr
    <- {"id", "pid"} | {"id", "unfit": why}   this module's tasks are not for this parent
    <- {"module", "wants": [names]}           a parent that has imported these would serve the module better
    -> {"reap": pid}
    <- {"id": pid, "code"} | {"id": pid, "signal"}

A process that ended stays a zombie, whose number no other process gets, until the runner has killed its remaining children.
"""
import _socket
import fcntl
import gc
import os
import select
import sys

from . import libraries, modules, needs, plainjson

_SOCKET, _LEASH = 3, 4  # descriptors that the runner gives to a parent
_F_SETSIG, _SIGKILL = 10, 9
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def serve():
    """Serves requests. Returns the modules that the process shares with its parent in each fork, None in the parent at its end."""
    return _Server().loop()


class _Server:
    def __init__(self):
        for fd in (_SOCKET, _LEASH):
            os.set_inheritable(fd, False)
        self.sock = _socket.socket(fileno=_SOCKET)
        self.buffer, self.fds = b"", []
        self.front, self.theirs = _user_folders()
        self.loaded = self.scan = None
        self.told = {}

    def send(self, message):
        self.sock.sendall(plainjson.dumps(message).encode("ascii") + b"\n")

    def receive(self):
        """The next message; None when the runner has no more."""
        while b"\n" not in self.buffer:
            data, ancillary, _, _ = self.sock.recvmsg(65536, _socket.CMSG_SPACE(16))
            if not data:
                return None
            self.buffer += data
            for _, _, numbers in ancillary:
                self.fds += [int.from_bytes(numbers[i : i + 4], sys.byteorder) for i in range(0, len(numbers) // 4 * 4, 4)]
        line, _, self.buffer = self.buffer.partition(b"\n")
        return plainjson.loads(line)

    def loop(self):
        message = self.receive()
        if message is None or not self.prepare(message):
            return None
        while True:
            message = self.receive()
            if message is None:
                return None
            if "reap" in message:
                self.reap(message["reap"])
            elif self.start(message):
                return set(sys.modules)

    def prepare(self, message):
        try:
            why = libraries.start_hook(_OURS)
            if not why:
                self.loaded, why = libraries.load(message["load"], message["more"], self.theirs)
        except BaseException as e:
            why = f"{type(e).__name__}: {e}"
        if why:
            self.send({"unfit": why})
            return False
        self.scan = needs.Scan(self.theirs, libraries.known(message["more"]) if message["more"] is not None else ())
        gc.collect()
        gc.freeze()  # keeps the pages of what is loaded shared
        self.send({"ready": True})
        return True

    def reap(self, pid):
        _, how = os.waitpid(pid, 0)
        end = {"signal": os.WTERMSIG(how)} if os.WIFSIGNALED(how) else {"code": os.WEXITSTATUS(how)}
        self.send({"id": pid, **end})

    def start(self, message):
        """Forks for a task; reports whether this is the fork."""
        (task_fd, log_fd), self.fds = self.fds[:2], self.fds[2:]
        try:
            why = self.other(message) if self.loaded.names else None
            if why:
                self.send({"id": message["id"], "unfit": why})
                return False
            pid = _fork()
            if pid == 0:
                self.become(message, task_fd, log_fd)
                return True
            self.send({"id": message["id"], "pid": pid})
        finally:
            if self.sock is not None:
                os.close(task_fd)
                os.close(log_fd)
        self.advise(message)
        return False

    def other(self, message):
        """Why a cold start of this module would not have what was imported here."""
        wants = self.scan.of(message["module"], _all(message["folders"]))
        if wants != self.loaded.wanted:
            self.send({"module": message["module"], "wants": wants})
            return "it imports other libraries"
        return self.loaded.hidden_by([*message["folders"]["first"], *self.front], self.theirs, self.scan.folders.names)

    def advise(self, message):
        if self.loaded.names:
            return
        module = message["module"]
        try:
            wants = self.scan.of(module, _all(message["folders"]))
        except OSError:
            return
        if self.told.get(module, []) != wants:
            self.told[module] = wants
            self.send({"module": module, "wants": wants})

    def become(self, message, task_fd, log_fd):
        """Makes a fork what a fresh interpreter for the task would be."""
        os.setsid()
        _die_with_the_runner()
        self.sock.detach()
        self.sock = None
        os.dup2(log_fd, 1)
        os.dup2(log_fd, 2)
        os.close(log_fd)
        os.close(_LEASH)
        os.dup2(task_fd, _SOCKET)
        if task_fd != _SOCKET:
            os.close(task_fd)
        os.chdir(message["dir"])
        modules.take(message["folders"], message["own"])
        sys.path_importer_cache.clear()  # files may have come since the parent looked
        libraries.fresh_random()


def _die_with_the_runner():
    """Has the system kill this process when the runner is gone, which holds the other end of the leash. The parent-death
    signal would kill it with the parent as well, which may end without harm."""
    fd = os.open(f"/proc/self/fd/{_LEASH}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.fcntl(fd, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(fd, _F_SETSIG, _SIGKILL)
    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK | os.O_ASYNC)
    poll = select.poll()
    poll.register(fd, 0)
    if poll.poll(0):  # it was gone before
        os._exit(1)


def _all(folders):
    return [*folders["first"], *folders["last"]]


def _user_folders():
    """The folders of sys.path that are the user's: those that come before the standard library, and all."""
    front, theirs, before = [], [], True
    for p in sys.path:
        if libraries.is_standard(p):
            before = False
        elif os.path.basename(p) not in ("site-packages", "dist-packages") and p != _OURS:
            theirs.append(p)
            if before:
                front.append(p)
    return front, theirs


def _fork():
    if sys.version_info < (3, 12) or "warnings" not in sys.modules:
        return os.fork()
    warnings = sys.modules["warnings"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of native threads; libraries.py says whose these may be
        return os.fork()

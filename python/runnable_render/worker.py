"""The protocol: one request, one answer, in lines of JSON over a socket of their own.

    -> {"function", "params": {name: JSON text}, "forms": {name: form}, "lazy": {name: kind}, "inputs", "returns",
        "stream_end", "out", "env"}
       or with "notebook": {path, options, output, catalog_path} in place of "function", or with "flow" beside it (flow.py)
    <- {"need": [names]}                  for parameters that are pickled or large
    -> {"have": {name: {"json": file, "form": form} | {"pickle": file} | {"items": [...]}}}
    <- {"fetch": {sha256, size}}          for an artifact of a flow
    -> {"file"}
    <- {"bound": [names]}                 before a function is called: what it is given
    <- {"returns", "objects", "python", "code"} | {"failure": {kind, message, exit_code}}

What the user's code prints goes to stdout and stderr and never meets the answer.
"""
import faulthandler
import os
import sys

from . import call, plainjson, values
from .report import Failure, describe, print_traceback


class Gone(BaseException):
    """The runner closed the socket: it knows why, and nobody is left to tell."""


class Channel:
    """The bare descriptor: a fork pays for each page that it touches, and socket objects touch many."""

    def __init__(self, fd):
        os.set_inheritable(fd, False)
        os.set_blocking(fd, True)
        self.fd, self.rest = fd, b""

    def send(self, message):
        data = memoryview(plainjson.dumps(message).encode("ascii") + b"\n")
        while data:
            data = data[os.write(self.fd, data) :]

    def receive(self):
        parts = [self.rest]
        while b"\n" not in parts[-1]:
            parts.append(os.read(self.fd, 65536))
            if not parts[-1]:
                raise Gone
        line, _, self.rest = b"".join(parts).partition(b"\n")
        return values.from_json(line)

    def close(self):
        os.close(self.fd)


class Visible:
    """What the step sees. Values that are pickled or large are asked for when they are used."""

    def __init__(self, request, channel):
        self._small, self._lazy, self._channel = request["params"], request["lazy"], channel
        self._forms, self._specs, self.asked = request["forms"], {}, []

    def as_json(self):
        """The same, where an array is the list that it travels as."""
        self._forms = {}
        return self

    def names(self):
        return {**self._small, **self._lazy}

    def is_object(self, name):
        """Reports whether a parameter is pickled, without loading it."""
        return self._lazy.get(name) == "object"

    def get(self, name):
        """The value of a parameter, and whether it was pickled."""
        self.asked.append(name)
        if name in self._small:
            return self._formed(values.from_json(self._small[name]), self._forms.get(name)), False
        spec = self._spec(name)
        return self._read(spec, f'parameter "{name}"', values.from_json), self.is_object(name)

    def written(self, name):
        """The JSON of a parameter, with the literals of its numbers."""
        if name in self._small:
            return values.from_json_as_written(self._small[name])
        return self._read(self._spec(name), f'parameter "{name}"', values.from_json_as_written)

    def tell(self, names):
        """Says which parameters a function is called with: it may not live to say so."""
        self._channel.send({"bound": names})

    def fetch(self, ref):
        """The file with what the store has under a hash."""
        self._channel.send({"fetch": {"sha256": ref["sha256"], "size": ref["size"]}})
        return self._channel.receive()["file"]

    def _spec(self, name):
        if name not in self._specs:
            self._channel.send({"need": [name]})
            self._specs[name] = self._channel.receive()["have"][name]
        return self._specs[name]

    def _read(self, spec, what, read):
        if "items" in spec:
            return [self._read(s, what, read) for s in spec["items"]]
        if "pickle" in spec:
            return values.unpickle(spec["pickle"], what)
        with open(spec["json"], "rb") as f:
            value = read(f.read())
        return self._formed(value, spec.get("form")) if read is values.from_json else value

    def _formed(self, value, form):
        if not form:
            return value
        from . import arrays

        return arrays.rebuilt(value, form)


def _stream():
    """Lines reach the log as they are printed, also into a pipe."""
    for s in (sys.stdout, sys.stderr):
        try:
            s.reconfigure(line_buffering=True)
        except (AttributeError, ValueError):
            pass


def _flush():
    for s in (sys.stdout, sys.stderr):
        try:
            s.flush()
        except Exception:
            pass


def _environment(own):
    """Has the environment be that of the step, in the order that an interpreter of its own would have it.

    The system gives variables in the order of their names. LC_CTYPE comes last where Python itself has set it, for want of a locale.
    """
    if any(os.environ.get(k) != v for k, v in own.items()):
        names = list(os.environ)
        set_by_python = names[-1:] == ["LC_CTYPE"] and names != sorted(names) and "LC_CTYPE" not in own
        whole = sorted({**os.environ, **own}.items(), key=lambda item: (set_by_python and item[0] == "LC_CTYPE", "=".join(item)))
        os.environ.clear()
        os.environ.update(whole)


def task(fd):
    """Serves one request; returns the exit code of the process."""
    faulthandler.enable()  # a crash in native code shows the Python stack in the log
    channel = Channel(fd)
    request = channel.receive()
    _stream()
    _environment(request["env"])
    code = 1
    try:
        answer = _kind(request).run(request, Visible(request, channel), lambda i: os.path.join(request["out"], f"out-{i}"))
        code = 0
    except Gone:
        return 1
    except Failure as e:
        print(f"error: {e.message}", file=sys.stderr)
        answer = _failure(e.kind, e.message, e.exit_code)
    except SystemExit as e:
        answer = _exit(e, request)
        code = answer["failure"]["exit_code"] if "failure" in answer else 0
    except BaseException as e:
        print_traceback(e)
        answer = _failure("error", describe(e), 1)
    _flush()
    if code == 0:
        answer["modules"] = _imported()
    answer["python"] = "%d.%d.%d" % sys.version_info[:3]
    channel.send(answer)
    channel.close()
    return code


def _imported():
    """The files of the user's modules that were imported: neither Python's, nor installed, nor ours."""
    others = tuple(os.path.join(d, "") for d in (os.path.dirname(os.__file__), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    files = set()
    for module in list(sys.modules.values()):
        try:
            file = vars(module).get("__file__")
        except TypeError:  # anything may stand there
            continue
        if isinstance(file, str) and not file.startswith(others) and "-packages" + os.sep not in file:
            files.add(os.path.abspath(file))
    return sorted(files)


def _kind(request):
    if "flow" in request:
        from . import flow

        return flow
    if "notebook" not in request:
        return call
    from . import notebook

    return notebook


def _failure(kind, message, exit_code):
    return {"failure": {"kind": kind, "message": message, "exit_code": exit_code}}


def _exit(e, request):
    """sys.exit: 0 and None end the function early, a text is an error's message, as in Python itself."""
    if e.code is None or e.code == 0:
        names = ", ".join(r["name"] for r in request["returns"])
        if not names:
            return {"returns": []}
        return _failure("data", f"the function left by sys.exit before it returned {names}", 0)
    if isinstance(e.code, int):
        return _failure("error", f"SystemExit: {e.code}", e.code & 0xFF)
    print(e.code, file=sys.stderr)
    return _failure("error", f"SystemExit: {e.code}", 1)

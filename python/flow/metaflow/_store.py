"""Reads the facts of runs from a store that is a folder: headers, the latest record of each step, blobs and logs."""
import hashlib
import json
import os
import re
import stat
import sys

from .exception import MetaflowException, MetaflowNotFound

MOST = 256 << 20  # bytes of a header or record, as in internal/store
CATCH = "-catch"  # ends the name of what goes on for a step with @catch whose process died


class Facts:
    """The runs in a store."""

    def __init__(self, folder):
        self.folder, self._told = folder, set()

    def runs(self, flow=None):
        """The headers of the runs of a flow, or of all flows; the newest first. Those that cannot be read are told of."""
        found = []
        for name in _entries(self._at("runs")):
            try:
                header = self._header(name)
            except MetaflowException as e:
                if name not in self._told:
                    print(f"warning: run {name} is left out: {e}", file=sys.stderr)
                    self._told.add(name)
                continue
            if header is not None and flow in (None, header["pipeline"]):
                found.append(header)
        return sorted(found, key=lambda h: h["started"], reverse=True)

    def run(self, flow, run):
        """The header of a run; flow is None for one of any."""
        header = self._header(_escaped(run, dots=True))
        if header is None or flow not in (None, header["pipeline"]):
            raise MetaflowNotFound(f"there is no run {run!r} of {flow or 'any flow'} in {self.folder}")
        return header

    def _header(self, name):
        header = self._json("runs", name, "run.json")
        if header is not None:
            _need(header, self._at("runs", name, "run.json"), run=str, pipeline=str, started=str, target=str, definition=dict)
        return header

    def end(self, run):
        """How a run ended; None: it has not."""
        end = self._json("runs", _escaped(run, dots=True), "end.json")
        if end is not None:
            _need(end, self._at("runs", _escaped(run, dots=True), "end.json"), status=str, ended=str)
        return end

    def records(self, run, known):
        """The latest record of each step of a flow that has one, by path. known are the records that were read before, by file."""
        out, top = {}, self._at("runs", _escaped(run, dots=True), "steps")
        for folder, _, files in os.walk(top):
            numbers = [int(f[:-5]) for f in files if f.endswith(".json") and f[:-5].isdigit()]
            if numbers:
                record = self._record(os.path.join(folder, f"{max(numbers)}.json"), known)
                if record["kind"] == "metaflow":
                    out[record["path"]] = record
        return out

    def _record(self, path, known):
        state = os.stat(path)
        stamp = state.st_ino, state.st_mtime_ns, state.st_size
        if known.get(path, (None,))[0] != stamp:
            record = _read(path)
            _need(record, path, kind=str)
            if record["kind"] == "metaflow":
                _need(record, path, path=str, status=str, attempt=int, started=str)
            known[path] = stamp, record
        return known[path][1]

    def log(self, run, record):
        """What the latest attempt of a step wrote."""
        parts = [_escaped(p) for p in record["path"].split(".")]
        try:
            with _opened(self._at("runs", _escaped(run, dots=True), "logs", *parts, f"{record['attempt']}.log")) as f:
                return f.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def value(self, value):
        """A value of a record, of which large ones are blobs."""
        if "blob" in value:
            with open(self.fetch(value["blob"]), "rb") as f:
                return json.loads(f.read())
        if "items" in value:
            return [self.value(v) for v in value["items"]]
        return value["json"]

    def fetch(self, blob):
        """The file that holds a blob, whose content is checked."""
        digest = blob["sha256"]
        if not re.fullmatch("[0-9a-f]{64}", digest):
            raise MetaflowException(f"{digest!r} is not a hash; the store {self.folder} is damaged")
        path = self._at("blobs", "sha256", digest[:2], digest[2:])
        made = hashlib.sha256()
        try:
            with _opened(path) as f:
                for part in iter(lambda: f.read(1 << 20), b""):
                    made.update(part)
        except FileNotFoundError:
            raise MetaflowNotFound(f"the content with the hash {digest} is not in {self.folder}") from None
        if made.hexdigest() != digest:
            raise MetaflowException(f"{path} does not match its name, which is its hash; restore it from a copy")
        return path

    def _at(self, *parts):
        return os.path.join(self.folder, *parts)

    def _json(self, *parts):
        try:
            return _read(self._at(*parts))
        except FileNotFoundError:
            return None


def _opened(path):
    """A file of the store, which has to be a regular one: another may never end."""
    f = os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")
    if not stat.S_ISREG(os.fstat(f.fileno()).st_mode):
        f.close()
        raise MetaflowException(f"{path} is not a file; the store is damaged")
    return f


def _read(path):
    try:
        with _opened(path) as f:
            text = f.read(MOST + 1)
        if len(text) > MOST:
            raise MetaflowException(f"{path} is larger than {MOST >> 20} MiB; the store is damaged")
        return json.loads(text)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RecursionError) as e:
        raise MetaflowException(f"{path} cannot be read: {getattr(e, 'strerror', None) or e}") from None


def _need(found, file, /, **kinds):
    """Refuses what is not an object with these members."""
    for name, kind in kinds.items():
        if not isinstance(found, dict) or not isinstance(found.get(name), kind):
            raise MetaflowException(f"{file} has no {name}; the store is damaged")


def _entries(folder):
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


def _escaped(text, dots=False):
    """The name of a folder, as internal/store writes it."""
    out = ""
    for byte in str(text).encode("utf-8"):
        c = chr(byte)
        if c in "abcdefghijklmnopqrstuvwxyz0123456789_-" or dots and c == ".":
            out += c
        else:
            out += "!" + c.lower() if "A" <= c <= "Z" else f"%{byte:02X}"
    return out


_default = None
_known = {}  # the stores that have been looked for


def use(folder):
    """Makes a folder the store that everything here reads."""
    global _default
    _default = Facts(folder) if folder else None


def facts():
    """The store: that of the run which goes on, else that of the program which is running."""
    if _default is not None:
        return _default
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    return of(main and os.path.abspath(main))


def named(environment=os.environ):
    """The store that RUNNABLE_STORE names, or an empty text."""
    return environment.get("RUNNABLE_STORE", "")


def of(file, environment=os.environ, folder=None):
    """The store of a flow's runs, or of the flows beside another program; folder is the current one."""
    folder = os.path.abspath(folder or ".")
    key = named(environment), file, folder
    if key not in _known:
        _known[key] = Facts(_folder(*key))
    return _known[key]


def _folder(where, file, folder):
    """The folder that is named, else the one in which runnable-render keeps the runs of a file."""
    if not where:
        where = _asked(file, folder)
        own = file and os.path.join(os.path.dirname(file), ".runnable")
        if where == own and not os.path.isdir(own) and not _is_flow(file):
            where = _asked(None, folder)  # a program that looks at the runs of flows elsewhere
        return _plain(where)
    found = os.path.join(folder, _plain(where))
    if not os.path.isdir(found):
        raise MetaflowNotFound(f"RUNNABLE_STORE names {where}, which is not a folder; name the store of the runs, or unset the variable for the one beside the flow")
    return found


def _asked(file, folder):
    from .client import tool_output

    return tool_output(["store", "where", *(["--file", file] if file else [])], folder).rstrip("\n")


def _is_flow(file):
    from ._mode import Mode

    return Mode.flow == file


def _plain(where):
    if where.startswith("file://"):
        from urllib.parse import unquote, urlsplit

        return unquote(urlsplit(where).path)
    if "://" in where:
        raise MetaflowException(f"runs are read here from a store that is a folder, and they are kept in {where}; look at them with: runnable-render runs list --store {where}")
    return where

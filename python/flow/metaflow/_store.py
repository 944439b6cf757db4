"""Reads the facts of runs from a store that is a folder: headers, the latest record of each step, blobs and logs."""
import hashlib
import json
import os
import re

from .exception import MetaflowException, MetaflowNotFound

CATCH = "-catch"  # ends the name of what goes on for a step with @catch whose process died


class Facts:
    """The runs in a store."""

    def __init__(self, folder):
        self.folder = folder

    def runs(self, flow=None):
        """The headers of the runs of a flow, or of all flows; the newest first."""
        found = []
        for name in _entries(self._at("runs")):
            header = self._json("runs", name, "run.json")
            if header is not None and flow in (None, header["pipeline"]):
                found.append(header)
        return sorted(found, key=lambda h: h["started"], reverse=True)

    def run(self, flow, run):
        """The header of a run."""
        header = self._json("runs", _escaped(run, dots=True), "run.json")
        if header is None or header["pipeline"] != flow:
            raise MetaflowNotFound(f"there is no run {run!r} of {flow} in {self.folder}")
        return header

    def end(self, run):
        """How a run ended; None: it has not."""
        return self._json("runs", _escaped(run, dots=True), "end.json")

    def records(self, run):
        """The latest record of each step of a flow that has one, by path."""
        out, top = {}, self._at("runs", _escaped(run, dots=True), "steps")
        for folder, _, files in os.walk(top):
            numbers = [int(f[:-5]) for f in files if f.endswith(".json") and f[:-5].isdigit()]
            if numbers:
                record = _read(os.path.join(folder, f"{max(numbers)}.json"))
                if record["kind"] == "metaflow":
                    out[record["path"]] = record
        return out

    def log(self, run, record):
        """What the latest attempt of a step wrote."""
        parts = [_escaped(p) for p in record["path"].split(".")]
        try:
            with open(self._at("runs", _escaped(run, dots=True), "logs", *parts, f"{record['attempt']}.log"), encoding="utf-8", errors="replace") as f:
                return f.read()
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
            with open(path, "rb") as f:
                for part in iter(lambda: f.read(1 << 20), b""):
                    made.update(part)
        except FileNotFoundError:
            raise MetaflowNotFound(f"the content with the hash {digest} is not in {self.folder}") from None
        if made.hexdigest() != digest:
            raise MetaflowException(f"{path} does not hold what its name says; put it back from a copy")
        return path

    def _at(self, *parts):
        return os.path.join(self.folder, *parts)

    def _json(self, *parts):
        try:
            return _read(self._at(*parts))
        except FileNotFoundError:
            return None


def _read(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


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


def use(folder):
    """Makes a folder the store that everything here reads."""
    global _default
    _default = Facts(folder) if folder else None


def facts():
    """The store: that of the run which goes on, that of RUNNABLE_STORE, or the folder .runnable here or beside the program."""
    import sys

    if _default is not None:
        return _default
    named = os.environ.get("RUNNABLE_STORE", "")
    if named.startswith("file://"):
        named = named[len("file://") :]
    if "://" in named:
        raise MetaflowException(f"runs are read here from a store that is a folder, and RUNNABLE_STORE is {named}; look at them with: runnable-render runs list --store {named}")
    main = getattr(sys.modules.get("__main__"), "__file__", None) or ""
    for folder in (named, ".runnable", os.path.join(os.path.dirname(os.path.abspath(main)), ".runnable")):
        if folder and os.path.isdir(folder):
            return Facts(folder)
    return Facts(named or ".runnable")

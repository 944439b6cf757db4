"""The artifacts of a step: what it leaves to the steps after it.

What one step leaves is one JSON object:

    {"step": name, "values": {artifact: JSON}, "pickled": {artifact: {"type", "sha256", "size"}}, "frames": [entry]}

Small values that JSON holds exactly stand in values, all others are pickled and stand in the store. An entry of frames
is one foreach around: {"index", "of", "value"} or {"index", "of", "pickled"}. A step with cards leaves them in "cards", as data or
as what is pickled; they are none of the next step's.
"""
import hashlib
import json
import os

from .exception import MetaflowException, UnpicklableArtifactException

SMALL = 2048  # characters of JSON above which a value is pickled


def plain(value):
    """The JSON text of a value that JSON holds exactly and briefly; None for another."""
    budget = [SMALL]
    if not _exact(value, budget, set()):
        return None
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text if len(text) <= SMALL else None


def _exact(value, budget, seen):
    budget[0] -= 1
    if budget[0] < 0:
        return False
    kind = type(value)
    if value is None or kind is bool:
        return True
    if kind is int:
        return value.bit_length() < 1024
    if kind is float:
        return value - value == 0
    if kind is str:
        return len(value) <= SMALL and "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if kind is not list and kind is not dict or id(value) in seen:
        return False  # what stands twice in a value is one object, which JSON cannot say
    seen.add(id(value))
    if kind is list:
        return all(_exact(v, budget, seen) for v in value)
    return all(type(k) is str and _exact(k, budget, seen) and _exact(v, budget, seen) for k, v in value.items())


class Store:
    """Reads pickled artifacts from the run's store and writes new ones for it."""

    def __init__(self, fetch, new_file):
        self._fetch, self._new_file, self._files = fetch, new_file, {}
        self.written = []  # {"file", "sha256", "size"} of what is new

    def load(self, ref, what):
        """The object that a reference names. Each call makes one of its own."""
        import pickle

        if os.environ.get("RUNNABLE_OBJECTS", "any") not in ("", "any"):
            raise MetaflowException(f"{what} is pickled, and with RUNNABLE_OBJECTS={os.environ['RUNNABLE_OBJECTS']} it is not loaded: artifacts of flows are not signed, and unpickling runs code of whoever can write to the store; set RUNNABLE_OBJECTS=any if you trust it")
        digest = ref["sha256"]
        if digest not in self._files:
            self._files[digest] = self._fetch(ref)
        try:
            with open(self._files[digest], "rb") as f:
                return pickle.load(f)
        except Exception as e:
            raise UnpicklableArtifactException(f"{what} cannot be unpickled: {type(e).__name__}: {e}") from e

    def keep(self, value, what):
        """The reference of an object that is new."""
        return {"type": _type_name(value), **self._keep(_pickled(value, what))}

    def keep_json(self, value):
        """The reference of data that is kept as JSON, however large."""
        return {"type": "json", **self._keep(json.dumps(value, allow_nan=False).encode())}

    def load_json(self, ref):
        with open(self._fetch(ref), "rb") as f:
            return json.loads(f.read())

    def _keep(self, data):
        digest = hashlib.sha256(data).hexdigest()
        ref = {"sha256": digest, "size": len(data)}
        if all(w["sha256"] != digest for w in self.written):
            path = self._new_file()
            with open(path, "wb") as f:
                f.write(data)
            self.written.append({**ref, "file": path})
            self._files[digest] = path  # of a parameter, which the start step itself may read
        return ref


def _pickled(value, what):
    import pickle

    why = None
    for name in ("pickle", "cloudpickle", "dill"):
        try:
            return (pickle if name == "pickle" else __import__(name)).dumps(value, protocol=4)
        except ImportError:
            continue
        except Exception as e:
            why = why or e
    if isinstance(why, MetaflowException):
        raise why
    raise UnpicklableArtifactException(f"{what} cannot be pickled, so no other step can have it: {type(why).__name__}: {why}; keep it in a name without self, or delete it before self.next")


def _type_name(value):
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


class Index:
    """The artifacts that one step left, each by reference."""

    def __init__(self, data=None):
        data = data or {}
        self.step = data.get("step")
        self.values, self.objects = dict(data.get("values", {})), dict(data.get("pickled", {}))
        self.frames, self.cards = data.get("frames", []), None

    def __contains__(self, name):
        return name in self.values or name in self.objects

    def names(self):
        return list(self.values) + list(self.objects)

    def load(self, name, store):
        if name in self.values:
            return json.loads(json.dumps(self.values[name]))  # nobody else's list
        return store.load(self.objects[name], f"the artifact {name!r}")

    def identity(self, name):
        """What two artifacts share if and only if their content is the same."""
        if name in self.values:
            return json.dumps(self.values[name])
        return self.objects[name]["sha256"]

    def digest(self, name):
        """The hash of an artifact: of what is pickled, or of its JSON text."""
        return self.objects[name]["sha256"] if name in self.objects else hashlib.sha256(self.identity(name).encode()).hexdigest()

    def size(self, name):
        return self.objects[name]["size"] if name in self.objects else len(self.identity(name))

    def take(self, other, name):
        """Passes an artifact of another index on."""
        if name in other.values:
            self._set(name, value=other.values[name])
        else:
            self._set(name, ref=other.objects[name])

    def keep(self, name, value, store):
        text = plain(value)
        if text is not None:
            self._set(name, value=json.loads(text))
        else:
            self._set(name, ref=store.keep(value, f"self.{name}"))

    def _set(self, name, value=None, ref=None):
        self.values.pop(name, None)
        self.objects.pop(name, None)
        if ref is not None:
            self.objects[name] = ref
        else:
            self.values[name] = value

    def data(self):
        out = {"step": self.step, "values": self.values}
        if self.objects:
            out["pickled"] = self.objects
        if self.frames:
            out["frames"] = self.frames
        if self.cards is not None:
            out["cards"] = self.cards
        return out


def entry(index, of, value, store):
    """One element of a foreach."""
    text = plain(value)
    at = {"index": index, "of": of}
    if text is not None:
        return {**at, "value": json.loads(text)}
    return {**at, "pickled": store.keep(value, f"element {index} of the foreach")}


def element(frame, store):
    """The value of an element."""
    if "value" in frame:
        return json.loads(json.dumps(frame["value"]))
    return store.load(frame["pickled"], f"element {frame['index']} of the foreach")

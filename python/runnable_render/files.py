"""Results of runs that are not JSON: objects, unpickled when you access them, and files of the catalog."""
import io
import os
import tempfile
from collections import abc
from typing import Any, Callable, Dict, Iterable, Iterator, List, Union

from . import values
from .program import RunnableRenderError
from .report import Failure

Get = Callable[..., bytes]  # what `runs get` prints for words; into a file where one is given


class Objects(abc.Mapping):
    """Objects by name. Each access unpickles, which runs code of whoever wrote the object. The objects of a map are a list."""

    def __init__(self, get: Get, shapes: Dict[str, Any], step: str = "") -> None:
        self._get, self._shapes, self._step = get, shapes, step

    def __getitem__(self, name: str) -> Any:
        return self._load(name, self._shapes[name], "")

    def _load(self, name: str, shape: Any, item: str) -> Any:
        about = shape if isinstance(shape, dict) else {"items": shape}
        if "json" in about:  # of a map's item that returned no object
            return about["json"]
        inside = about.get("items")
        if inside is not None:
            return [self._load(name, s, f"{item}.{i}" if item else str(i)) for i, s in enumerate(inside)]
        words = [name, "--as", "value", *(["--step", self._step] if self._step else []), *(["--item", item] if item else [])]
        if "text" in about or "blob" in about and about.get("kind") != "object":  # JSON that is too long to stand in a list
            return values.from_json(self._get(words))
        try:
            return values.load(io.BytesIO(self._get(words)), f"object {name!r}")
        except Failure as e:
            raise RunnableRenderError(e.message) from None

    def pickled(self, name: str) -> bytes:
        """The bytes of an object, without unpickling it."""
        self._shapes[name]
        return self._get([name, "--as", "value", *(["--step", self._step] if self._step else [])])

    def __iter__(self) -> Iterator[str]:
        return iter(self._shapes)

    def __len__(self) -> int:
        return len(self._shapes)

    def __repr__(self) -> str:
        return f"Objects({', '.join(self._shapes)})"


class File:
    """A file that a step put into the catalog."""

    def __init__(self, get: Get, facts: Dict[str, Any]) -> None:
        self._get = get
        self.path: str = facts["path"]
        self.step: str = facts["step"]
        self.size: int = facts["size"]
        self.sha256: str = facts["sha256"]
        self.kept: bool = not facts.get("no_copy", False)  # else only its hash was recorded

    def open(self, mode: str = "rb", encoding: str = "utf-8") -> Any:
        """The content as an open file: "rb" of bytes, "r" of text. It is fetched and verified first."""
        if mode not in ("r", "rt", "rb"):
            raise ValueError(f"mode {mode!r}: files of runs are read; want 'r' or 'rb'")
        content = tempfile.TemporaryFile()
        try:
            self._get(self._words(), content)
            content.seek(0)
            return content if mode == "rb" else io.TextIOWrapper(content, encoding=encoding)
        except BaseException:
            content.close()
            raise

    def read_bytes(self) -> bytes:
        """The content."""
        return self._get(self._words())

    def read_text(self, encoding: str = "utf-8") -> str:
        """The content as text."""
        return self.read_bytes().decode(encoding)

    def save(self, to: Union[str, "os.PathLike[str]"]) -> str:
        """Writes the content to a file and returns its path."""
        self._get([*self._words(), "-o", os.fspath(to)])
        return os.fspath(to)

    def _words(self) -> List[str]:
        return [self.path, "--as", "file", "--step", self.step]

    def __repr__(self) -> str:
        return f"File({self.path!r}, step {self.step!r}, {self.size} bytes)"


class Files(abc.Sequence):
    """Files by path and step. files["model.bin"] is the one with that path."""

    def __init__(self, files: Iterable[File]) -> None:
        self._files = list(files)

    @classmethod
    def of(cls, get: Get, listed: List[Dict[str, Any]]) -> "Files":
        return cls(File(get, f) for f in listed)

    def __getitem__(self, at):
        if not isinstance(at, str):
            return Files(self._files[at]) if isinstance(at, slice) else self._files[at]
        found = [f for f in self._files if f.path == at]
        if not found:
            raise KeyError(at)
        if len({f.sha256 for f in found}) > 1:
            raise KeyError(f"{at} was put by {' and by '.join(f.step for f in found)}, with different content; get it from the step's files")
        return next((f for f in found if f.kept), found[0])

    def __len__(self) -> int:
        return len(self._files)

    def __repr__(self) -> str:
        return f"Files({self._files!r})"

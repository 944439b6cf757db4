"""Runs and their results: runs() lists them, Run is one, run() starts one (docs/python-client.md)."""
import datetime
import errno
import importlib
import os
import time
from collections import abc
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Union, cast, overload

from . import display
from .files import Files, Objects
from .program import RunnableRenderError, ask, call, complaint, followed, program
from .report import Failure
from .steps import Step, Steps, moment, seconds
from .values import from_json, to_json

Words = Union[str, Iterable[str]]
ENDED = ("SUCCESS", "FAIL", "INTERRUPTED")


class LogLine(NamedTuple):
    """A line that a step wrote."""

    step: str
    attempt: int
    text: str


class Error(NamedTuple):
    """A step that failed."""

    step: str
    kind: str
    message: str
    handled: bool  # the run went on all the same


class Run:
    """A run: Run("20261125-181403-ab7f"), or any reference that the command line accepts: "@latest", "@failed",
    "@latest:PIPELINE", the beginning or the end of an id, a tag. store names the store, like --store.

    A run is read from the store once; refresh() reads it again, and wait() waits until it has ended."""

    def __init__(self, ref: str = "@latest", *, store: Optional[Union[str, os.PathLike]] = None) -> None:
        self._take(_placed(store), ask(["runs", "show", ref, *_placed(store)]))

    @classmethod
    def _listed(cls, entry: Dict[str, Any], store: List[str]) -> "Run":
        made = cls.__new__(cls)
        made._take(store, entry)
        return made

    def _take(self, store: List[str], facts: Dict[str, Any]) -> None:
        """Takes the facts of a summary, or those of a list, which know less."""
        self._facts, self._store = facts, store
        self._export: Optional[Dict[str, Any]] = None
        self._steps: Optional[Steps] = None
        self._files: Optional[Files] = None
        if not store and os.path.isabs(facts.get("store", "")):  # the current folder may be another one later
            self._store = ["--store", facts["store"]]

    @property
    def id(self) -> str:
        return self._facts["run_id"]

    @property
    def pipeline(self) -> str:
        return self._facts["pipeline"]

    @property
    def target(self) -> str:
        return self._facts["target"]

    @property
    def status(self) -> str:
        """SUCCESS, FAIL, RUNNING or INTERRUPTED."""
        return self._facts["status"]

    @property
    def tags(self) -> List[str]:
        return list(self._facts.get("tags") or [])

    @property
    def started(self) -> datetime.datetime:
        return cast(datetime.datetime, moment(self._facts["started"]))

    @property
    def ended(self) -> Optional[datetime.datetime]:
        """When the run ended; None while it is going on."""
        return moment(self._facts.get("ended")) if self.status in ENDED else None

    @property
    def seconds(self) -> Optional[float]:
        return seconds(self.started, self.ended)

    @property
    def parameters(self) -> Dict[str, Any]:
        """The parameters at the end of the run, by name. Objects are in the property objects."""
        facts = self._summary()
        return {name: value for name, value in facts["parameters"].items() if name not in facts.get("objects", {})}

    @property
    def metrics(self) -> Dict[str, Any]:
        """The parameters that are metrics."""
        return dict(self._summary()["metrics"])

    @property
    def objects(self) -> Objects:
        """The objects at the end of the run, by name; each is unpickled when you access it."""
        return Objects(self._get, self._summary().get("objects", {}))

    def object(self, name: str) -> Any:
        """One of the objects. Unpickling an object runs code of whoever wrote it; with RUNNABLE_OBJECTS=own only objects of
        your own runs are loaded."""
        return self.objects[name]

    @property
    def steps(self) -> Steps:
        """The outermost steps; each has those inside it as its steps."""
        if self._steps is None:
            self._steps = self._nested()
        return self._steps

    @property
    def errors(self) -> List[Error]:
        """The failed steps and the reasons."""
        failed = [s for s in self._summary()["steps"] if s["status"] == "FAIL" and s["attempts"]]
        return [Error(s["path"], s.get("failure_kind", ""), s["message"], s.get("handled", False)) for s in failed]

    @property
    def files(self) -> Files:
        """The files that the steps put into the catalog."""
        if self._files is None:
            self._files = Files.of(self._get, ask(["catalog", "ls", self.id, *self._store]))
        return self._files

    def save_files(self, folder: Union[str, os.PathLike], pattern: str = "**") -> List[str]:
        """Writes files below a folder and returns their paths; a pattern is a path, a folder or a glob."""
        return call(["catalog", "get", self.id, pattern, "-o", os.fspath(folder), *self._store]).decode("utf-8").splitlines()

    def log_lines(self, step: str = "") -> Iterator[LogLine]:
        """The lines that the steps wrote, or one step and those inside it, attempt by attempt."""
        out = call(["runs", "logs", self.id, *([step] if step else []), "--format", "json", *self._store])
        begun = ""
        for line in map(from_json, out.splitlines()):
            begun += line["text"]
            if not line.get("more"):
                yield LogLine(line["step"], line["attempt"], begun)
                begun = ""

    def logs(self, step: str = "") -> str:
        """The log as text; if several steps wrote, each line begins with its step."""
        lines = list(self.log_lines(step))
        one = len({line.step for line in lines}) == 1 and step
        return "".join(f"{line.text}\n" if one else f"{line.step} | {line.text}\n" for line in lines)

    def series(self) -> Dict[str, List[Dict[str, Any]]]:
        """How each metric changed while the run was going on: points with step, at and value."""
        return {s["name"]: s["points"] for s in ask(["runs", "metrics", "--run", self.id, *self._store])}

    def lineage(self, name: str) -> Dict[str, Any]:
        """Where a parameter or file came from: nodes and edges, as in `runs lineage --format json`."""
        return ask(["runs", "lineage", self.id, name, *self._store])

    def compare(self, *others: Union["Run", str]) -> Dict[str, Any]:
        """The differences between runs, as in `runs compare --format json`."""
        return ask(["runs", "compare", self.id, *[o.id if isinstance(o, Run) else o for o in others], *self._store])

    def tag(self, *tags: str) -> "Run":
        """Adds tags."""
        call(["runs", "tag", self.id, *tags, *self._store])
        return self.refresh()

    def untag(self, *tags: str) -> "Run":
        """Removes tags."""
        call(["runs", "tag", self.id, *[word for t in tags for word in ("--remove", t)], *self._store])
        return self.refresh()

    def refresh(self) -> "Run":
        """Reads the run again."""
        self._take(self._store, ask(["runs", "show", self.id, *self._store]))
        return self

    def wait(self, timeout: Optional[float] = None, every: float = 1.0) -> "Run":
        """Waits until the run has ended. After timeout seconds it raises TimeoutError."""
        until = None if timeout is None else time.monotonic() + timeout
        while self.refresh().status not in ENDED:
            if until is not None and time.monotonic() >= until:
                raise TimeoutError(f"run {self.id} is {self.status} after {timeout} s")
            time.sleep(every)
        return self

    def _summary(self) -> Dict[str, Any]:
        if "steps" not in self._facts:
            self.refresh()
        return self._facts

    def _get(self, words: Sequence[str], into: Any = None) -> bytes:
        return call(["runs", "get", self.id, *words, *self._store], into)

    def _records(self) -> Dict[str, Dict[str, Any]]:
        """The last attempt of each step, by path."""
        if self._export is None:
            self._export = {}
            for record in ask(["runs", "export", self.id, *self._store])["records"] or []:
                if record["attempt"] > self._export.get(record["path"], record)["attempt"] or record["path"] not in self._export:
                    self._export[record["path"]] = record
        return self._export

    def _nested(self) -> Steps:
        by_path = {s["path"]: Step(self, s) for s in self._summary()["steps"]}
        top: List[Step] = []
        for path, step in by_path.items():
            around = path.rpartition(".")[0]
            while around and around not in by_path:
                around = around.rpartition(".")[0]
            (by_path[around]._inside if around else top).append(step)
        return Steps(top)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Run) and (self.id, self._store) == (other.id, other._store)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Run({self.id!r}, {self.pipeline!r}, {self.status})"

    def _repr_html_(self) -> str:
        return display.run(self)


class Runs(abc.Sequence):
    """Runs, the newest first."""

    def __init__(self, entries: List[Dict[str, Any]], store: List[str]) -> None:
        self._entries, self._store = entries, store
        self._runs = [Run._listed(e, store) for e in entries]

    @overload
    def __getitem__(self, at: int) -> Run: ...

    @overload
    def __getitem__(self, at: slice) -> "Runs": ...

    def __getitem__(self, at):
        return Runs(self._entries[at], self._store) if isinstance(at, slice) else self._runs[at]

    def __len__(self) -> int:
        return len(self._runs)

    def rows(self) -> List[Dict[str, Any]]:
        """A mapping for each run: its id, pipeline, target, status, tags and times, parameters.NAME for what it began with, and
        metrics.NAME for the numbers among its metrics."""
        rows = []
        for run, entry in zip(self._runs, self._entries):
            row: Dict[str, Any] = {"run_id": run.id, "pipeline": run.pipeline, "target": run.target, "status": run.status, "tags": run.tags}
            row.update(started=run.started, ended=run.ended, seconds=run.seconds)
            row.update((f"parameters.{name}", value) for name, value in entry.get("parameters", {}).items())
            row.update((f"metrics.{m['name']}", m["value"]) for m in entry.get("metrics") or [])
            rows.append(row)
        return rows

    def to_pandas(self) -> Any:
        """The rows as a DataFrame; pandas must be installed."""
        pandas: Any = importlib.import_module("pandas")
        rows = self.rows()
        return pandas.DataFrame(rows, columns=None if rows else ["run_id", "pipeline", "target", "status", "tags", "started", "ended", "seconds"])

    def __repr__(self) -> str:
        return f"Runs({self._runs!r})"

    def _repr_html_(self) -> str:
        return display.table(self.rows())


def runs(
    *,
    pipeline: Optional[Words] = None,
    status: Optional[Words] = None,
    tag: Optional[Words] = None,
    since: Optional[str] = None,
    until: Optional[str] = None,
    sort: Optional[str] = None,
    reverse: bool = False,
    limit: Optional[int] = None,
    store: Optional[Union[str, os.PathLike]] = None,
) -> Runs:
    """The runs of a store, as `runs list` finds them: of any of the given pipelines and statuses, with all of the tags."""
    words = ["runs", "list", "--parameters", "-n", str(limit or 0)]
    for flag, given in (("pipeline", pipeline), ("status", status), ("tag", tag), ("since", since), ("until", until), ("sort", sort)):
        for value in [given] if isinstance(given, str) else given or []:
            words.append(f"--{flag}={value}")
    if reverse:
        words.append("--reverse")
    placed = _placed(store) or _default()
    return Runs(ask([*words, *placed]) if limit != 0 else [], placed)


def run(definition: Union[str, os.PathLike], /, *words: str, **parameters: Any) -> Run:
    """Runs a definition and returns the run when it has ended, whether it succeeded or failed. Prints progress to stderr.
    words are further arguments of `runnable-render run`, such as "--tag", "nightly"."""
    command = [program(), "run", os.fspath(definition), *words, "--format", "json"]
    for name, value in parameters.items():
        try:
            command.append(f"--param={name}={to_json(value, f'parameter {name!r}')}")
        except Failure as e:
            raise TypeError(e.message) from None
    try:
        code, out, said = followed(command)
    except OSError as e:
        if e.errno != errno.E2BIG:
            raise
        raise RunnableRenderError('a parameter is too long for a command line; write it to a file of parameters: run(definition, "-p", "parameters.json")', 2) from None
    try:
        facts = from_json(out)
    except ValueError:
        raise RunnableRenderError(complaint(said), code) from None
    made = Run.__new__(Run)
    made._take(_placed(_store_in(words)), facts)
    return made


def _store_in(words: Sequence[str]) -> Optional[str]:
    for i, word in enumerate(words):
        if word.startswith("--store="):
            return word[len("--store=") :]
        if word == "--store" and i + 1 < len(words):
            return words[i + 1]
    return None


def _placed(store: Optional[Union[str, os.PathLike]]) -> List[str]:
    """The words that name a store; a folder is named so that it stays the same one in another folder."""
    if store is None:
        return []
    where = os.fspath(store)
    return ["--store", where if "://" in where else os.path.abspath(where)]


def _default() -> List[str]:
    """The words that name the default store, where that is a folder: it is another one in another folder."""
    where = call(["store", "where"]).decode("utf-8").strip()
    return ["--store", where] if os.path.isabs(where) else []

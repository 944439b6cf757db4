"""The steps of a run."""
import datetime
import re
from collections import abc
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Optional, Union, overload

from .files import Files, Objects
from .values import from_json

if TYPE_CHECKING:
    from .client import Run


class Step:
    """A step of a run, with the steps inside it. A composite has no attempts."""

    def __init__(self, run: "Run", facts: Dict[str, Any]) -> None:
        self._run, self._facts = run, facts
        self.path: str = facts["path"]
        self.name: str = self.path.rpartition(".")[2]
        self.kind: str = facts.get("command_type") or facts["kind"]
        self.status: str = facts["status"]
        self.attempts: int = facts["attempts"]
        self.message: str = facts["message"]
        self.started, self.ended = moment(facts["started"]), moment(facts["ended"])
        self._inside: List[Step] = []

    @property
    def seconds(self) -> Optional[float]:
        """How long the step took, from its first attempt's start to its last one's end."""
        return seconds(self.started, self.ended)

    @property
    def steps(self) -> "Steps":
        """The steps directly inside."""
        return Steps(self._inside, self.path + ".")

    @property
    def returns(self) -> Dict[str, Any]:
        """What the step returned, by name. Objects are in the property objects."""
        return {n["name"]: self._value(n) for n in self._returned() if n["value"].get("kind") != "object"}

    @property
    def objects(self) -> Objects:
        """The objects that the step returned, by name."""
        return Objects(self._run._get, {n["name"]: n["value"] for n in self._returned() if n["value"].get("kind") == "object"}, self.path)

    @property
    def files(self) -> Files:
        """The files that the step, and the steps inside it, put into the catalog."""
        return Files(f for f in self._run.files if (f.step + ".").startswith(self.path + "."))

    def logs(self) -> str:
        """The output of the step and of the steps inside it."""
        return self._run.logs(self.path)

    def _returned(self) -> List[Dict[str, Any]]:
        return self._run._records().get(self.path, {}).get("returns", [])

    def _value(self, named: Dict[str, Any]) -> Any:
        if "json" in named["value"]:
            return named["value"]["json"]
        return from_json(self._run._get([named["name"], "--step", self.path, "--as", "value"]))

    def __repr__(self) -> str:
        return f"Step({self.path!r}, {self.kind}, {self.status})"


class Steps(abc.Sequence):
    """Steps in the order in which they started. steps["train"] and steps["sweep.0.train"] find one by its path."""

    def __init__(self, steps: Iterable[Step], below: str = "") -> None:
        self._steps, self._below = list(steps), below

    @overload
    def __getitem__(self, at: Union[int, str]) -> Step: ...

    @overload
    def __getitem__(self, at: slice) -> "Steps": ...

    def __getitem__(self, at):
        if isinstance(at, str):
            for step in self.all():
                if step.path in (at, self._below + at):
                    return step
            raise KeyError(at)
        return Steps(self._steps[at], self._below) if isinstance(at, slice) else self._steps[at]

    def __len__(self) -> int:
        return len(self._steps)

    def all(self) -> Iterator[Step]:
        """The steps of all levels."""
        for step in self._steps:
            yield step
            yield from step.steps.all()

    def __repr__(self) -> str:
        return f"Steps({self._steps!r})"


def moment(text: Optional[str]) -> Optional[datetime.datetime]:
    """A time of the program's, which has up to nine digits behind the second; the year 1 stands for none."""
    found = re.fullmatch(r"(.{10}T.{8})(?:\.(\d+))?(Z|[+-]..:..)", text or "")
    if not found or found[1].startswith("0001-"):
        return None
    return datetime.datetime.fromisoformat(f"{found[1]}.{(found[2] or '')[:6].ljust(6, '0')}{found[3].replace('Z', '+00:00')}")


def seconds(started: Optional[datetime.datetime], ended: Optional[datetime.datetime]) -> Optional[float]:
    return (ended - started).total_seconds() if started and ended else None

"""Prints what comes of values by annotation, one line of JSON each: the annotation, the value, whether it was taken, the
result or why not. With `full`, also the annotations of pydantic and numpy, and whether pydantic's smart mode agrees.

    annotations.py FOLDER-OF-THE-PACKAGE [full]
"""
import json
import sys

sys.path.insert(0, sys.argv[1])
import collections
import dataclasses
import datetime
import decimal
import enum
import pathlib
import typing
import uuid
from typing import Annotated, Any, Dict, List, Literal, Optional, Set, Tuple, Union

from runnable_render import cast, hints
from runnable_render.report import Failure
from runnable_render.values import from_json, from_json_as_written

date, time, timedelta, Decimal, UUID, Path = datetime.date, datetime.time, datetime.timedelta, decimal.Decimal, uuid.UUID, pathlib.PurePosixPath
moment = datetime.datetime
FULL = "full" in sys.argv[2:]


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.5


@dataclasses.dataclass
class Cat:
    meow: int = 1


@dataclasses.dataclass
class Dog:
    bark: int = 1


if FULL:
    from typing_extensions import TypedDict  # pydantic asks for it before Python 3.12
else:
    from typing import TypedDict


class Row(TypedDict):
    n: int


class Pair(typing.NamedTuple):
    left: int
    right: str = "r"


UserId = typing.NewType("UserId", int)
T = typing.TypeVar("T")


@dataclasses.dataclass
class Box(typing.Generic[T]):
    content: T


# Values that each annotation takes or refuses as pydantic does; behind "but" those of which pydantic makes something else.
PLAIN = {
    "int": ("3", '"3"', "3.0", "true", "2.7", '"x"', "null"),
    "float": ("1.5", "3", '"2.5"', '"x"'),
    "bool": ("true", '"yes"', '"off"', "1", "2", '""'),
    "str": ('"1.10"', "null", "[1]", "but", "1.10", "1234567e8", "true"),
    "Decimal": ('"1.10"', "1.10", "true", '"x"', "but", "0.12345678901234567890123"),
    "bytes": ('"abc"', "3"),
    "datetime": ('"2024-02-29T12:00:00Z"', '"2024-02-29"', "90", '"soon"'),
    "date": ('"2024-02-29"', '"2024-02-30"', '"2024-02-29T12:00:00"'),
    "time": ('"12:30"', '"25:00"'),
    "timedelta": ("90", "0.5", '"PT90S"', '"1:30:00"', '"soon"'),
    "UUID": ('"12345678-1234-5678-1234-567812345678"', '"x"'),
    "Path": ('"data/x.csv"', "3"),
    "Color": ('"red"', '"green"', "but", '"RED"'),
    "Level": ("1", '"1"', "2"),
    'Literal["a", 1]': ('"a"', "1", '"b"', "but", '"1"'),
    "Optional[int]": ("null", '"3"', "2.5"),
    "Union[int, str]": ("3", '"3"', "2.5"),
    "Union[float, int]": ("1", "1.0"),
    "Union[date, str]": ('"2024-02-29"',),
    "Union[Cat, Dog]": ('{"bark": 1}', '{"meow": 2}', "3"),
    "list": ('[1, "a"]', '"ab"'),
    "List[int]": ("[1, 2]", '["1"]', "[1.9]", "1"),
    "Set[int]": ("[2, 1, 2]", "[[1]]"),
    "Tuple[int, str]": ('[1, "a"]', "[1]", "but", "[1, 2]"),
    "Tuple[int, ...]": ('[1, "2"]',),
    "Dict[str, float]": ('{"a": 1}', '{"a": "x"}', "[1]"),
    "Dict[int, str]": ('{"1": "a"}', "but", '{"1": "a", "01": "b"}'),
    "Point": ('{"x": "1"}', '{"y": 1}', '{"x": 1.5}', "but", '{"x": 1, "z": 2}'),
    "Row": ('{"n": "3"}', "{}", "but", '{"n": 3, "more": 1}'),
    "Pair": ('[1, "a"]', '{"left": 1}', '[1, "a", 2]'),
    "Box[int]": ('{"content": "3"}', '{"content": "x"}'),
    "UserId": ("3", "2.7"),
    "Any": ("1.5", "[1]"),
    "OnlyForATypeChecker": ("but", "[1]"),
}

if FULL:
    import numpy
    import pydantic
    from numpy.typing import NDArray
    from pydantic import BaseModel, PositiveInt, RootModel

    class Model(BaseModel):
        n: int

    class Tags(RootModel[List[str]]):
        pass

    PLAIN.update({
        "Model": ('{"n": "3"}', '{"n": 2.7}', "{}"),
        "Tags": ('["a"]', "[1]"),
        "PositiveInt": ("3", "-3"),
        "List[PositiveInt]": ("[1, -3]",),
        "numpy.ndarray": ("but", "[2, 3]", "[[0.5], [1.5]]", "[[1], [1, 2]]", '[1, "a"]'),
        "NDArray[numpy.float64]": ("but", "[2, 3]", '["a"]'),
        "numpy.int8": ("but", "3", "300"),
    })

NAMES = {**globals(), "datetime": moment}


def outcome(annotation, text):
    try:
        made = cast.argument("x", from_json(text), lambda: from_json_as_written(text), annotation, hints.Scope(NAMES))
    except Failure as e:
        return None, e.message.partition("which cannot become ")[2].partition(": ")[2]
    return made, repr(made)


def smart(annotation, text):
    """What pydantic makes of it; None where it refuses."""
    try:
        return pydantic.TypeAdapter(eval(annotation, dict(NAMES))).validate_python(json.loads(text))
    except Exception:
        return None


def same(one, other):
    return isinstance(one, type(other)) and bool(one == other)


for annotation, texts in PLAIN.items():
    theirs = True
    for text in texts:
        if text == "but":
            theirs = False
            continue
        made, told = outcome(annotation, text)
        if FULL and theirs and not same(made, smart(annotation, text)):
            sys.exit(f"{annotation} of {text}: here {told}, pydantic makes {smart(annotation, text)!r} of it")
        print(json.dumps([annotation, text, made is not None or told == "None", told, theirs]))

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict, Union

if TYPE_CHECKING:
    from nowhere import Table


class Row(TypedDict):
    n: int


@dataclass
class Cat:
    meow: int = 1


@dataclass
class Dog:
    bark: int = 1


def written(version: str, sha: str, flag: str, digits: Decimal, versions: list[str]):
    return [version, sha, flag, digits, versions]


def records(pet: Union[Cat, Dog], record: Row, pause: timedelta, ratios: Table):
    return type(pet).__name__, record, pause.total_seconds()


def item(one: str):
    return one


def make():
    return {"b", "a"}, timedelta(minutes=1.5), float("nan"), Decimal("1.10")


def take(tags: set[str], span: timedelta, price: Decimal, loss):
    return [sorted(tags), span.total_seconds(), price, loss]


def no_int(ratio: int):
    pass


def no_union(ratio: Union[int, str]):
    pass


def no_item(ratios: list[int]):
    pass


def no_field(pet: Cat):
    pass


def no_keys():
    return {1: "a", "1": "b"}

import argparse
from dataclasses import dataclass
from typing import Dict, List, Literal, Optional, Union


@dataclass
class Point:
    x: int
    y: float = 0.5


def casts(number: int, ratio: float, text: str, tags: List[str], point: Point, table: Dict[str, int]):
    assert isinstance(point, Point)
    return [number, ratio, text, tags, point.x, point.y, table]


def optional(ratio: Optional[float], nothing: Optional[int], text: Union[int, str], mode: Literal["fast", "slow"],
             missing: Optional[int] = None):
    return [ratio, nothing, text, mode, missing]


def rest(number, **others):
    return [number, sorted(others)]


def namespace(args: argparse.Namespace):
    return sorted(vars(args))


def item(tag: str, mode, *args):
    return tag + mode

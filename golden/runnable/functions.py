"""What the steps of this folder do."""

import asyncio
import os
from argparse import Namespace
from typing import List

import pandas
from pydantic import BaseModel


class Point(BaseModel):
    x: int
    y: int


def hello():
    print("hello")


def fails():
    raise RuntimeError("on purpose")


def toss():
    return "heads"


def says_heads():
    return "it was heads"


def says_tails():
    return "it was tails"


def static(count: int, ratio: float, word: str, point: Point, chunks: List[int], greeting: str):
    assert (count, ratio, word, greeting) == (3, 0.5, "hi", "from env")
    assert point == Point(x=1, y=2) and chunks == [1, 2, 3]


def static_namespace(args: Namespace):
    assert args.count == 3 and args.point == {"x": 1, "y": 2}


def static_rest(count: int, **rest):
    assert count == 3 and rest["word"] == "hi" and rest["greeting"] == "from env"


def static_then_fails(count: int, ratio: float, word: str, point: Point, chunks: List[int], greeting: str):
    static(count, ratio, word, point, chunks, greeting)
    raise RuntimeError("on purpose")


def produce():
    return 7, 2.5, "new", Point(x=3, y=4), pandas.DataFrame({"a": [1, 2]}), 0.9


def consume(number: int, share: float, title: str, spot: Point, table: pandas.DataFrame, score: float):
    assert (number, share, title, score) == (7, 2.5, "new", 0.9)
    assert spot == Point(x=3, y=4) and table["a"].sum() == 3


def consume_plain(number: int, share: float, title: str, spot: Point, score: float):
    assert (number, share, title, score) == (7, 2.5, "new", 0.9)
    assert spot == Point(x=3, y=4)


def write_files():
    pandas.DataFrame({"a": [1, 2]}).to_csv("table.csv", index=False)
    os.makedirs("texts", exist_ok=True)
    with open("texts/note.txt", "w") as f:
        f.write("noted")


def remove_files():
    os.remove("table.csv")
    os.remove("texts/note.txt")


def read_files():
    assert pandas.read_csv("table.csv")["a"].sum() == 3
    with open("texts/note.txt") as f:
        assert f.read() == "noted"


def left():
    return "left"


def right():
    return "right"


def third():
    return [1, 2]


def sees_all(one, two, three):
    assert (one, two, three) == ("left", "right", [1, 2])


def tenfold(chunk: int):
    return chunk * 10


def tenfold_but_one(chunk: int):
    if chunk == 1:
        raise RuntimeError("on purpose")
    return chunk * 10


def sees_chunk(chunk: int, by_python: int, by_notebook: int, by_shell: int):
    assert (by_python, by_notebook, by_shell) == (chunk * 10, chunk * 100, chunk * 1000)


def sees_lists(by_python: List[int], by_notebook: List[int], by_shell: List[int]):
    assert by_python == [10, 20, 30] and by_notebook == [100, 200, 300] and by_shell == [1000, 2000, 3000]


def sees_largest(by_python: int, by_notebook: int, by_shell: int):
    assert (by_python, by_notebook, by_shell) == (30, 300, 3000)


def begin():
    return 0, False


def again(counter: int):
    return counter + 1, counter + 1 >= 4


def never(counter: int):
    return counter + 1, False


def judge(counter: int, enough: bool):
    return counter == 3 and not enough


def passes_later(word: str):
    if os.environ.get("PASS") != "yes":
        raise RuntimeError("not yet")
    return word + "!"


def chunk_passes_later(chunk: int):
    if chunk == 1 and os.environ.get("PASS") != "yes":
        raise RuntimeError("not yet")
    return chunk * 10


def says_hi(word: str):
    assert word == "hi"
    return word


def hears(said: str):
    assert said == "hi!"


async def waits():
    await asyncio.sleep(0)


async def doubles_soon(count: int):
    await asyncio.sleep(0)
    return 2 * count


async def counts_down(count: int):
    for left_over in range(count, 0, -1):
        yield {"type": "step", "left": left_over}
    yield {"type": "done", "rest": 0}


async def spells():
    for letter in "hi":
        yield {"type": "letter", "letter": letter}
    yield {"type": "spelt", "letters": ["h", "i"]}


async def begins_and_fails():
    yield {"type": "begun"}
    raise RuntimeError("on purpose")

"""The pipelines of the application, and of the tests."""
import asyncio

from runnable import AsyncPipeline, AsyncPythonTask, Pipeline, PythonTask, ShellTask, pickled

from .numbers import double


def greet(prompt: str):
    return f"you said {prompt}"


def first(x: int = 10) -> int:
    return x * 2


def last(result: int) -> str:
    return f"it is {result}"


def no(n: int):
    raise ValueError(f"{n} is none of ours")


async def reply(prompt: str):
    for word in prompt.split():
        yield {"type": "word", "word": word}
        await asyncio.sleep(0.01)
    yield {"type": "done", "text": prompt.upper()}


def doubles(n):
    return Pipeline(steps=[ShellTask(name="given", command=f"export n={n}", returns=["n"]), PythonTask(name="double", function=double, returns=["twice"])])


def fails(n):
    return Pipeline(steps=[ShellTask(name="given", command=f"export n={n}", returns=["n"]), PythonTask(name="no", function=no)])


def chat():
    return AsyncPipeline(name="chat", steps=[AsyncPythonTask(name="reply", function=reply, returns=["text"])])


def compute():
    pipeline = Pipeline(
        steps=[
            PythonTask(name="first", function=first, returns=[pickled("result")]),
            PythonTask(name="last", function=last, returns=["final"]),
            ShellTask(name="shell", command="export n=3", returns=["n"]),
            PythonTask(name="no", function=no),
        ]
    )
    pipeline.execute()
    return pipeline


REGISTRY = {"doubles": doubles, "fails": fails}

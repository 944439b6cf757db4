"""Async functions, one after the other; only generators have events."""

import asyncio
import json

from functions import doubles_soon, waits
from runnable import AsyncPipeline, AsyncPythonTask, Stub


def pipeline():
    return AsyncPipeline(
        steps=[
            AsyncPythonTask(name="waits", function=waits),
            Stub(name="nothing"),
            AsyncPythonTask(name="doubles", function=doubles_soon, returns=["doubled"]),
        ]
    )


async def main():
    events = [event async for event in pipeline().execute_streaming(parameters_file="parameters.yaml")]
    with open("events.json", "w") as seen:
        json.dump(events, seen)


if __name__ == "__main__":
    asyncio.run(main())

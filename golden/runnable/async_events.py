"""Async generators: the events of each are streamed, the last one holds what the task returns."""

import asyncio
import json

from functions import counts_down, spells
from runnable import AsyncPipeline, AsyncPythonTask, Parallel


def pipeline():
    letters = AsyncPythonTask(name="letters", function=spells, returns=["spelt"], stream_end_type="spelt")
    return AsyncPipeline(
        steps=[
            AsyncPythonTask(name="down", function=counts_down, returns=["rest"]),
            Parallel(name="all", branches={"one": letters.as_async_pipeline()}),
        ]
    )


async def main():
    events = [event async for event in pipeline().execute_streaming(parameters_file="parameters.yaml")]
    with open("events.json", "w") as seen:
        json.dump(events, seen)


if __name__ == "__main__":
    asyncio.run(main())

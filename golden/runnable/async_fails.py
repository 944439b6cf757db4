"""What a generator yields before it fails is streamed; then the run's failure is raised."""

import asyncio
import json

from functions import begins_and_fails, counts_down
from runnable import AsyncPipeline, AsyncPythonTask
from runnable.exceptions import ExecutionFailedError


def pipeline():
    return AsyncPipeline(
        steps=[
            AsyncPythonTask(name="begins", function=begins_and_fails),
            AsyncPythonTask(name="down", function=counts_down, returns=["rest"]),
        ]
    )


async def main():
    events = []
    try:
        async for event in pipeline().execute_streaming(parameters_file="parameters.yaml"):
            events.append(event)
    except ExecutionFailedError:
        events.append("it failed")
    with open("events.json", "w") as seen:
        json.dump(events, seen)


if __name__ == "__main__":
    asyncio.run(main())

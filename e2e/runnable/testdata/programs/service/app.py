"""A web application that runs pipelines in its requests, as Runnable's web examples do: uvicorn service.app:app"""
import asyncio
import json
import os
from queue import Queue

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from runnable import set_stream_queue
from runnable.exceptions import ExecutionFailedError
from service import pipelines

app = FastAPI()


class Request(BaseModel):
    pipeline: str = "doubles"
    run_id: str = ""
    n: int = 1
    prompt: str = ""


@app.get("/")
async def root():
    return {"pipelines": sorted(pipelines.REGISTRY)}


@app.post("/run")
def run(request: Request):
    """Runs a pipeline in one of the server's threads."""
    return _executed(request)


@app.post("/run-in-loop")
async def run_in_loop(request: Request):
    """Runs a pipeline in a thread that the event loop waits for, and lets a failure through to a task of the loop."""
    failed = await asyncio.gather(asyncio.to_thread(pipelines.REGISTRY[request.pipeline](request.n).execute, run_id=request.run_id), return_exceptions=True)
    return {"raised": type(failed[0]).__name__}


@app.post("/run-workflow")
async def run_workflow(request: Request):
    """Runs a pipeline in a thread, and streams what the queue is told of its tasks."""
    events = Queue()

    async def stream():
        work = asyncio.create_task(asyncio.to_thread(_told, request, events))
        while True:
            await asyncio.sleep(0.05)
            while not events.empty():
                event = events.get_nowait()
                yield _line(event)
                if event["type"] == "pipeline_completed":
                    await work
                    return

    return StreamingResponse(stream(), media_type="text/event-stream")


@app.post("/chat")
async def chat(request: Request):
    """Streams the events of an async pipeline, whose parameter comes by the environment, as in Runnable's example."""

    async def stream():
        os.environ["RUNNABLE_PRM_prompt"] = request.prompt
        try:
            async for event in pipelines.chat().execute_streaming(run_id=request.run_id):
                yield _line(event)
        finally:
            os.environ.pop("RUNNABLE_PRM_prompt", None)

    return StreamingResponse(stream(), media_type="text/event-stream")


def _executed(request):
    try:
        pipelines.REGISTRY[request.pipeline](request.n).execute(run_id=request.run_id)
    except ExecutionFailedError as e:
        return {"status": "FAIL", "error": str(e)}
    return {"status": "SUCCESS"}


def _told(request, events):
    set_stream_queue(events)
    events.put({"type": "pipeline_started", "name": request.pipeline})
    status = "success"
    try:
        pipelines.compute()
    except Exception:
        status = "error"
    events.put({"type": "pipeline_completed", "status": status})
    set_stream_queue(None)


def _line(event):
    return f"data: {json.dumps(event)}\n\n"

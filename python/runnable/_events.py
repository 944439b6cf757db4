"""execute_streaming() in a program that the user started: runs the pipeline, and takes the events of its tasks.

The tasks are processes of their own. Each connects to a socket of this one, sends an event, a line of JSON, and goes
on when it has a byte back: when the one who asked for events has taken this one and wants the next.
"""
import os

from ._errors import ExecutionFailedError
from ._notices import listening
from ._tool import prepared

SOCKET = "RUNNABLE_EVENTS"  # the variable that names the socket to the tasks: events.py in runnable_render


async def stream(pipeline, options):
    """Yields what the pipeline's async generators yield, as they do, in order for each of them; the queue of
    set_stream_queue is told of it among the tasks that start and end. Raises
    ExecutionFailedError at the end of a run that failed; a caller who leaves early interrupts the run."""
    import asyncio
    import tempfile

    command, handed = prepared(pipeline, options)
    with tempfile.TemporaryDirectory(prefix="runnable-") as folder, listening() as (told, more):
        env = {**more.pop("env", os.environ), SOCKET: os.path.join(folder, "events")}
        came = asyncio.Queue()
        server = await asyncio.start_unix_server(lambda r, w: _take(r, w, came), env[SOCKET])
        # In a session of its own: Ctrl-C reaches this program, which passes it on below, once. Stdout is the program's.
        process = await asyncio.create_subprocess_exec(*command, env=env, stdin=asyncio.subprocess.PIPE, stdout=2, start_new_session=True, **more)
        process.stdin.write(handed)
        process.stdin.close()
        over = asyncio.ensure_future(process.wait())
        try:
            while True:
                next_one = asyncio.ensure_future(came.get())
                await asyncio.wait({next_one, over}, return_when=asyncio.FIRST_COMPLETED)
                if not next_one.done():
                    next_one.cancel()
                    break
                event, answer = next_one.result()
                told.tell(event)
                yield event
                answer.write(b"\n")
            while not came.empty():  # of a task that was ended while it waited for its answer
                event, _ = came.get_nowait()
                told.tell(event)
                yield event
        finally:
            server.close()
            if process.returncode is None:
                process.terminate()
            await over
    if process.returncode:
        raise ExecutionFailedError(process.returncode)


async def _take(reader, writer, came):
    """Reads the events of one task."""
    import json

    line = bytearray()
    while True:
        data = await reader.read(65536)
        if not data:
            writer.close()
            return
        line += data
        if line.endswith(b"\n"):  # the task waits, so nothing comes behind it
            await came.put((json.loads(line), writer))
            line = bytearray()

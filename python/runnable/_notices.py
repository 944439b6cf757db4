"""What the queue of set_stream_queue is told of a run: each task that starts and ends, in Runnable's words.

runnable-render writes a line of JSON for each to a pipe: {"type", "name", "inputs" or "outputs", "error"}, in which a value is
{"value": ...}, or {} for an object.
"""
import contextlib
import os

from .telemetry import get_stream_queue, truncate_value

PIPE = "RUNNABLE_NOTICES"  # the variable that names the descriptor to the tool: app/notices.go


@contextlib.contextmanager
def listening():
    """Has the queue be told what the tool writes. Yields arguments for subprocess.Popen."""
    queue = get_stream_queue()
    if queue is None or os.name == "nt":
        yield {}
        return
    import threading

    read, write = os.pipe()
    listener = threading.Thread(target=_listen, args=(read, queue), daemon=True)
    listener.start()
    try:
        yield {"pass_fds": (write,), "env": {**os.environ, PIPE: str(write)}}
    finally:
        os.close(write)
        listener.join()  # what the tool wrote before it ended


def _listen(read, queue):
    import json

    with open(read, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            for values in ("inputs", "outputs"):
                if values in event:
                    event[values] = {name: truncate_value(v["value"]) if "value" in v else "<object>" for name, v in event[values].items()}
            queue.put_nowait(event)

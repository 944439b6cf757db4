"""What the queue of set_stream_queue is told of a run: each task that starts and ends, in Runnable's words.

runnable-render writes a line of JSON for each to a pipe: {"type", "name", "inputs" or "outputs", "error"}, in which a value is
{"value": ...}, or {} for an object.
"""
import contextlib
import os

from .telemetry import get_stream_queue, truncate_value

END = "\n"  # the line after the last; a process that was forked meanwhile may hold the pipe open for longer
PIPE = "RUNNABLE_NOTICES"  # the variable that names the descriptor to the tool: app/notices.go


class Told:
    """The queue, which any thread may tell of events."""

    def __init__(self, queue):
        self.queue = queue

    def tell(self, event):
        if self.queue is not None:
            self.queue.put_nowait(event)


@contextlib.contextmanager
def listening():
    """Has the queue be told what the tool writes. Yields what tells it of more, and arguments for subprocess.Popen."""
    told = Told(get_stream_queue())
    if told.queue is None or os.name == "nt":
        yield told, {}
        return
    import threading

    read, write = os.pipe()
    listener = threading.Thread(target=_listen, args=(read, told), daemon=True)
    listener.start()
    try:
        yield told, {"pass_fds": (write,), "env": {**os.environ, PIPE: str(write)}}
    finally:
        os.write(write, 2 * END.encode())  # the first ends a line that the tool could not
        listener.join()
        os.close(write)


def _listen(read, told):
    import json

    with open(read, encoding="utf-8", errors="replace") as lines:
        for line in iter(lines.readline, END):
            try:
                event = json.loads(line)
            except ValueError:  # the tool was killed while it wrote
                continue
            for values in ("inputs", "outputs"):
                if values in event:
                    event[values] = {name: truncate_value(v["value"]) if "value" in v else "<object>" for name, v in event[values].items()}
            told.tell(event)

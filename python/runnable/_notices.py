"""What the queue of set_stream_queue is told of a run: each task that starts and ends, in Runnable's words.

runnable-render writes a line of JSON for each to a pipe: {"type", "name", "inputs" or "outputs", "error"}, in which a value is
{"value": ...}, or {} for an object.
"""
import collections
import contextlib
import os
import sys

from ._mode import running_loop
from .telemetry import get_stream_loop, get_stream_queue, truncate_value

END = "\n"  # the line after the last; a process that was forked meanwhile may hold the pipe open for longer
PIPE = "RUNNABLE_NOTICES"  # the variable that names the descriptor to the tool: app/notices.go


class Told:
    """The queue. Any thread may tell it of an event; a queue of asyncio takes it in the thread of its loop."""

    def __init__(self, queue, loop):
        self.queue, self.loop, self.waiting, self.refused = queue, loop, collections.deque(), False

    def tell(self, event):
        """Puts an event on the queue, or has its loop do so."""
        loop = self._loop()
        if loop is None:
            self._put(event)
            return
        self.waiting.append(event)
        try:
            loop.call_soon_threadsafe(self._put_waiting)
        except RuntimeError:  # the loop is closed: nobody waits
            pass
        self.settle()

    def settle(self):
        """Puts on the queue what waits for the loop, if that is the one of this thread, which cannot go on before."""
        if running_loop() is self._loop():
            self._put_waiting()

    def _loop(self):
        """The loop in whose thread the queue is to be touched, if there is one."""
        asyncio = sys.modules.get("asyncio")
        if asyncio is None or not isinstance(self.queue, asyncio.Queue):
            return None
        loop = self.loop or getattr(self.queue, "_loop", None)  # the one that somebody waits in
        return loop if loop is not None and loop.is_running() else None

    def _put_waiting(self):
        while self.waiting:
            self._put(self.waiting.popleft())

    def _put(self, event):
        if self.queue is None:
            return
        try:
            self.queue.put_nowait(event)
        except Exception as e:  # the queue's matter, not the run's: it may be full
            if not self.refused:
                what = f"the queue of set_stream_queue does not accept an event: {e!r}; it misses this event and all others that it does not accept"
                print(f"[runnable-render] {what}", file=sys.stderr, flush=True)
            self.refused = True


@contextlib.contextmanager
def listening():
    """Has the queue be told what the tool writes. Yields what tells it of more, and arguments for subprocess.Popen."""
    told = Told(get_stream_queue(), get_stream_loop())
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
        told.settle()
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

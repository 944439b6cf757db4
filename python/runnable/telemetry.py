"""Runnable's names for streaming telemetry. A queue is told of the tasks of the runs that are started in its context
(_notices.py); there are no spans."""
import contextvars

from ._mode import running_loop

OTEL_AVAILABLE = False

_set = contextvars.ContextVar("runnable_stream_queue", default=(None, None))  # the queue, and the loop that ran when it was set


def set_stream_queue(queue):
    """Sets the queue that is told of tasks, in this context; None: none is."""
    _set.set((queue, running_loop()))


def get_stream_queue():
    """The queue that was set, or None."""
    return _set.get()[0]


def get_stream_loop():
    """The event loop that ran where the queue was set, or None."""
    return _set.get()[1]


def truncate_value(value, max_bytes=256):
    """The JSON text of a value, shortened to max_bytes."""
    import json

    try:
        written = json.dumps(value)
    except (TypeError, ValueError):
        written = str(value)
    data = written.encode("utf-8", "replace")
    return written if len(data) <= max_bytes else data[: max(0, max_bytes - 3)].decode("utf-8", "ignore") + "..."


class StreamingSpanProcessor:
    """Needs OpenTelemetry, which runnable-render does not use; OTEL_AVAILABLE says so."""

    def __init__(self, *args, **kwargs):
        raise RuntimeError("runnable-render has no telemetry spans; test OTEL_AVAILABLE first, or delete this")

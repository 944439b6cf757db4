"""Events of async generators, for a program that waits for them: execute_streaming() in the package runnable."""
import os

from . import values
from .report import Failure


class Listener:
    """Whoever asked for the events of the run, or nobody."""

    def __init__(self, label):
        self.label, self.sock, self.noted = label, None, False
        path = os.environ.get("RUNNABLE_EVENTS")
        if not path:
            return
        import socket

        self.sock = socket.socket(socket.AF_UNIX)
        try:
            self.sock.connect(path)
            self.sock.setblocking(False)
        except OSError:
            self.sock = None  # gone: the task goes on without

    async def tell(self, event):
        """Sends an event and waits until it has been taken."""
        if self.sock is None:
            return
        try:
            line = values.to_json(event, f"an event of {self.label}")
        except Failure as e:
            if not self.noted:
                print(f"[runnable-render] {e.message}; it is not streamed", flush=True)
            self.noted = True
            return
        import asyncio

        loop = asyncio.get_running_loop()
        try:
            await loop.sock_sendall(self.sock, line.encode("utf-8") + b"\n")
            gone = not await loop.sock_recv(self.sock, 1)
        except OSError:
            gone = True
        if gone:
            self.sock = None

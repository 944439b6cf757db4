"""Runnable's name for what a failed run raises."""
from ._errors import ExecutionFailedError

__all__ = ["ExecutionFailedError"]

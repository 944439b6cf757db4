"""The exception that @catch keeps where a step's process died."""
from ..exception import MetaflowException


class FailureHandledByCatch(MetaflowException):
    headline = "Task execution failed but @catch handled it"

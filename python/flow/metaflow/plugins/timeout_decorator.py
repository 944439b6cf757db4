"""The exception of @timeout."""
from ..exception import MetaflowException


class TimeoutException(MetaflowException):
    headline = "@timeout"

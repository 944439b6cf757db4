"""The exceptions of Metaflow, under the names by which flows catch and compare them."""
import os
import sys
import traceback


class MetaflowExceptionWrapper(Exception):
    """What @catch keeps of an exception: something that can be pickled whatever the exception is."""

    def __init__(self, exc=None):
        if exc is None:
            return
        self.exception = str(exc)
        self.type = f"{type(exc).__module__}.{type(exc).__name__}"
        self.stacktrace = None if exc.__traceback__ is None else _stacktrace(exc)

    def __reduce__(self):
        return MetaflowExceptionWrapper, (None,), self.__dict__

    def __getstate__(self):
        return self.__dict__

    def __setstate__(self, state):
        self.__dict__ = state

    def __repr__(self):
        return str(self)

    def __str__(self):
        return self.stacktrace or f"[no stacktrace]\n{self.type}: {self.exception}"


def _stacktrace(exc):
    """The traceback, which is an artifact: it is the same wherever the code lies, and without the frames of this package."""
    from runnable_render.report import is_plumbing  # beside this package in a step alone

    whole = part = traceback.TracebackException.from_exception(exc)
    while part is not None:
        part.stack[:] = [frame for frame in part.stack if not is_plumbing(frame.filename)]
        for frame in part.stack:
            frame.filename = _relative(frame.filename)
        part = part.__cause__ or part.__context__
    return "".join(whole.format())


def _relative(filename):
    """The name of a file from the folder of sys.path that holds it."""
    folders = [os.path.join(os.path.abspath(folder), "") for folder in sys.path]
    return filename[len(max((f for f in folders if filename.startswith(f)), key=len, default="")):]


class MetaflowException(Exception):
    headline = "Flow failed"

    def __init__(self, msg="", lineno=None, source_file=None):
        self.message, self.line_no, self.source_file = msg, lineno, source_file
        super().__init__()

    def __str__(self):
        return str(self.message)


class ParameterFieldFailed(MetaflowException):
    headline = "Parameter field failed"


class ParameterFieldTypeMismatch(MetaflowException):
    headline = "Parameter field with a mismatching type"


class ExternalCommandFailed(MetaflowException):
    headline = "External command failed"


class MetaflowNotFound(MetaflowException):
    headline = "Object not found"


class MetaflowNamespaceMismatch(MetaflowException):
    headline = "Object not in the current namespace"


class MetaflowInvalidPathspec(MetaflowException):
    headline = "Invalid pathspec"


class MetaflowInternalError(MetaflowException):
    headline = "Internal error"


class MetaflowTaggingError(MetaflowException):
    headline = "Tagging error"


class MetaflowUnknownUser(MetaflowException):
    headline = "Unknown user"


class InvalidDecoratorAttribute(MetaflowException):
    headline = "Unknown decorator attribute"


class CommandException(MetaflowException):
    headline = "Invalid command"


class MetaflowDataMissing(MetaflowException):
    headline = "Data missing"


class InvalidNextException(MetaflowException):
    headline = "Invalid self.next() transition detected"


class UnpicklableArtifactException(MetaflowException):
    headline = "Cannot pickle artifact"


class _InMerge(MetaflowException):
    def __init__(self, msg, unhandled):
        super().__init__(msg)
        self.artifact_names = unhandled


class UnhandledInMergeArtifactsException(_InMerge):
    headline = "Unhandled artifacts in merge"


class MissingInMergeArtifactsException(_InMerge):
    headline = "Missing artifacts in merge"

"""What goes wrong with a definition, in the user's words."""


class DefinitionError(ValueError):
    """A definition that means nothing.

    place is where the mistake stands, as _places.Place has it; without one it is the line that called us.
    """

    def __init__(self, message, code="RR0507", place=None):
        super().__init__(message)
        self.message, self.code, self.place = message, code, place


class ExecutionFailedError(Exception):
    """A run failed; runnable-render has said why. code is the tool's exit code."""

    def __init__(self, code):
        super().__init__(f"the run ended with exit code {code}")
        self.code = code

    def __reduce__(self):  # an exception is made again of its text, else
        return type(self), (self.code,)


class ExecutionFailed(SystemExit, ExecutionFailedError):
    """What execute() raises. Uncaught, it ends the program with the tool's exit code and without a traceback."""

    def __init__(self, code):
        SystemExit.__init__(self, code)


def near(name, known):
    """`; did you mean "x"?` for the closest known name, else nothing."""
    import difflib

    close = difflib.get_close_matches(name, [k for k in known if k != name], 1, 0.7)
    return f'; did you mean "{close[0]}"?' if close else ""


def listed(names):
    return ", ".join(f'"{n}"' for n in names)

"""The dotted name by which a step finds a function, and the text of a reducer."""
import types

from ._errors import DefinitionError
from ._mode import MAIN, main_module
from ._places import place_of, source
from ._values import describe


class Reference:
    """A function that is known by name only: its module has not been executed, or is not on this machine."""

    def __init__(self, module, name):
        self.__dict__.update(__module__=module, __name__=name, __qualname__=name)


def dotted(function, what):
    """module.function of a function; text is taken as it is."""
    if isinstance(function, Reference):
        names = function.__dict__
        return f"{names['__module__']}.{names['__qualname__']}"
    if isinstance(function, str):
        parts = function.split(".")
        if len(parts) < 2 or not all(p.isidentifier() for p in parts[1:]) or not parts[0]:
            raise DefinitionError(f'{what} "{function}" is not a function; give the function itself, or "module.function"', code="RR0508")
        return function
    if function is None:
        raise DefinitionError(f"{what} is None; give the function itself", code="RR0508")
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", None)
    module = getattr(function, "__module__", None)
    if hasattr(function, "func") and hasattr(function, "keywords"):
        raise DefinitionError(
            f'{what} is a functools.partial, which a step cannot find by name; give the function, and bind arguments with inputs={{"argument": {{"value": ...}}}}',
            code="RR0508",
        )
    if not callable(function):
        raise DefinitionError(f"{what} must be a function, not {describe(function)}" + _called(function), code="RR0508")
    if not isinstance(name, str) or not isinstance(module, str):
        raise DefinitionError(f"{what} is {describe(function)} without a name, which a step cannot find; define a function with def", code="RR0508")
    if "<lambda>" in name:
        raise DefinitionError(f"{what} is a lambda, which a step cannot find by name; define a function with def", code="RR0508")
    if "<locals>" in name:
        inner = name.rpartition(".")[2]
        raise DefinitionError(f'{what} "{inner}" is defined inside another function, where a step cannot find it; move it to the top level of its module', code="RR0508")
    if isinstance(getattr(function, "__self__", None), type(None)) or isinstance(function, types.BuiltinFunctionType):
        pass
    elif not isinstance(function.__self__, (type, types.ModuleType)):
        raise DefinitionError(f'{what} "{name}" is a method of an object, which a step does not have; define a function at the top level of a module', code="RR0508")
    return f"{main_module() if module in MAIN else module}.{name}"


def _called(value):
    if value is None or isinstance(value, (int, float, list, tuple, dict, str)):
        return "; name the function without calling it"
    return ""


def short(dotted_name):
    """The function's own name."""
    return dotted_name.rpartition(".")[2]


_BY_NAME = {all: "all", any: "any", len: "len", list: "list", max: "max", min: "min", sorted: "sorted", sum: "sum"}


def reducer(value, call):
    """The text of a reducer: a name, the source of a lambda, or a dotted function."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    for known, name in _BY_NAME.items():
        if value is known:
            return name
    if isinstance(value, Reference):
        return dotted(value, "reducer")
    if getattr(value, "__module__", "") == "statistics" and getattr(value, "__name__", "") in ("mean", "fmean"):
        return "mean"
    if getattr(value, "__name__", "") == "<lambda>":
        return _lambda_text(value, call)
    return dotted(value, "reducer")


def _lambda_text(value, call):
    import ast

    code = value.__code__
    if code.co_freevars:
        names = ", ".join(code.co_freevars)
        raise DefinitionError(f"the reducer uses {names} from around it, which the run does not have; write the value into the lambda, or use a function of a module")
    given = call.argument("reducer") if call is not None else None
    if isinstance(given, ast.Lambda):
        return ast.unparse(given)
    src = source(code.co_filename)
    found = [] if src is None else [n for n in ast.walk(src.tree) if isinstance(n, ast.Lambda) and n.lineno == code.co_firstlineno]
    if len(found) == 1:
        return ast.unparse(found[0])
    if call is None:
        return "lambda *x: x"  # outside of a definition nobody asks for the text
    raise DefinitionError("the source of the reducer cannot be determined; write the lambda where reducer= is, or as text", place=call.place())


def function_place(call, name):
    """Where the function of a step is named."""
    node = call.argument(name)
    return place_of(call.file, node) if node is not None else call.place()

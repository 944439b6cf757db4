"""What annotations say: texts of them evaluated where they were written. A name that only a type checker sees is unknown,
and what is annotated with it stays as it is."""
import ast
import inspect
import sys
import typing

from .bind import EMPTY

UNKNOWN = object()
NO_VARIABLES = {}


class Scope:
    """Where the names of an annotation are found, and what its type variables stand for."""

    __slots__ = ("names", "variables")

    def __init__(self, names, variables=NO_VARIABLES):
        self.names, self.variables = {**vars(typing), **names}, variables

    def filled(self, variables):
        """This scope with type variables that stand for types."""
        out = Scope.__new__(Scope)
        out.names, out.variables = self.names, {**self.variables, **variables}
        return out


def of_function(function, parameters):
    """The annotation of each parameter that has one, with its scope."""
    target = inspect.unwrap(function)
    while hasattr(target, "func") and hasattr(target, "keywords"):  # functools.partial
        target = inspect.unwrap(target.func)
    if isinstance(target, type):
        target = target.__init__
    elif not hasattr(target, "__globals__") and not hasattr(target, "__func__"):
        target = getattr(type(target), "__call__", target)
    target = getattr(target, "__func__", target)
    scope = Scope(getattr(target, "__globals__", {}))
    return {p.name: (p.annotation, scope) for p in parameters if p.annotation is not EMPTY}


def of_fields(cls):
    """The annotations of a class and of those it comes from, each with the scope of the class that has it."""
    out = {}
    for c in reversed(cls.__mro__):
        found = _own(c)
        if found:
            scope = Scope(vars(sys.modules.get(c.__module__, typing)))
            out.update({name: (a, scope) for name, a in found.items()})
    return out


def _own(cls):
    if sys.version_info >= (3, 14):
        import annotationlib

        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)
    return cls.__dict__.get("__annotations__") or {}


def resolve(want, scope):
    """An annotation that is neither text nor the name of another, and its scope; UNKNOWN where it cannot be found."""
    while True:
        if isinstance(want, typing.ForwardRef):
            want, scope = _referred(want, scope)
        elif isinstance(want, str):
            try:
                want = _evaluate(want, scope.names)
            except Exception:
                return UNKNOWN, scope
        elif type(want).__name__ == "TypeAliasType":
            want = _meant(want)
        elif type(typing.get_origin(want)).__name__ == "TypeAliasType":
            alias = typing.get_origin(want)
            args = [scope.variables.get(a, a) if isinstance(a, typing.TypeVar) else a for a in typing.get_args(want)]
            want, scope = _meant(alias), scope.filled(dict(zip(alias.__type_params__, args)))
        else:
            return want, scope


def _referred(ref, scope):
    """What a reference to a name stands for, or the name."""
    module = getattr(ref, "__forward_module__", None)
    if module is not None:
        scope = Scope(vars(sys.modules.get(getattr(module, "__name__", module), typing)), scope.variables)
    if hasattr(ref, "evaluate"):  # Python 3.14: it knows the names around it
        try:
            return ref.evaluate(), scope
        except Exception:
            pass
    return ref.__forward_arg__, scope


def _meant(alias):
    """What a `type` statement names; it may use a name that only a type checker sees."""
    try:
        return alias.__value__
    except NameError:
        return UNKNOWN


def _evaluate(text, names):
    try:
        return eval(text, dict(names))
    except TypeError:  # Python 3.9 knows no a | b of types
        tree = ast.fix_missing_locations(_Or().visit(ast.parse(text, mode="eval")))
        return eval(compile(tree, "<annotation>", "eval"), {**names, "__rr_union": typing.Union})


class _Or(ast.NodeTransformer):
    """Writes a | b as Union[a, b]."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.BitOr):
            return node
        pair = ast.Tuple(elts=[node.left, node.right], ctx=ast.Load())
        return ast.Subscript(value=ast.Name(id="__rr_union", ctx=ast.Load()), slice=pair, ctx=ast.Load())

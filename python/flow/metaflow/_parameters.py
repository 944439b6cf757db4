"""Parameters of a flow: what they take and what they come to at the start of a run."""
import json
import os

from ._where import failed_at, misfit, written
from .exception import MetaflowException, ParameterFieldFailed, ParameterFieldTypeMismatch

_RESERVED = (
    "params with tag namespace obj tags decospecs run-id-file max-num-splits max-workers max-log-size user-namespace run-id task-id runner-attribute-file"
).split()


class JSONTypeClass:
    name = "JSON"

    def __repr__(self):
        return "JSON"


JSONType = JSONTypeClass()
_PLAIN = {str: "str", int: "int", float: "float", bool: "bool"}


class ParameterContext:
    """What a function sees that is a default."""

    def __init__(self, flow_name, parameter_name):
        self.flow_name, self.parameter_name = flow_name, parameter_name
        self.user_name, self.ds_type, self.configs = user_name(), "local", {}

    def logger(self, *text, **_):
        print(*text)


def user_name():
    for name in ("METAFLOW_USER", "SUDO_USER", "USERNAME", "USER"):
        if os.environ.get(name):
            return os.environ[name]
    return None


class Parameter:
    IS_CONFIG_PARAMETER = False

    def __init__(self, name, default=None, type=None, help=None, required=None, show_default=None, separator=None, multiple=False, **more):
        if name in _RESERVED or name.replace("_", "-") in _RESERVED:
            raise MetaflowException(f"a parameter must not be called {name!r}: the command line has an option of that name; choose another one")
        self.name, self.default, self.help, self.more = name, default, help, more
        self.file, self.line = written()
        self.required, self.separator, self.multiple = bool(required), separator, multiple
        self.type = _type_of(name, type, default, multiple)
        if separator and self.type is not str:
            raise MetaflowException(f"parameter {name!r} has a separator and is of type {self.type_name}; only a parameter of type str has one")
        for field in ("required", "separator"):
            if callable(getattr(self, field)):
                raise MetaflowException(f"{field} of parameter {name!r} cannot be a function")

    @property
    def type_name(self):
        return _PLAIN.get(self.type, "JSON")

    def __repr__(self):
        return f"metaflow.{type(self).__name__}(name={self.name!r})"

    def value(self, given, flow_name, beside=""):
        """What the parameter comes to. given is None or (value, text): what the run was given, and how it was written. beside is
        the folder of the flow."""
        if given is not None:
            return self._separated(self._each(given, self._given))
        if self.required:
            raise MetaflowException(f"parameter {self.name!r} is required; give it with --param {self.name}=…")
        default = self.default
        if callable(default):
            default = self._called(default, flow_name)
        if default is None:
            return () if self.multiple else None
        return self._separated(self._each((default, default), self._default))

    def _called(self, function, flow_name):
        try:
            value = function(ParameterContext(flow_name, self.name))
        except Exception as e:
            raise ParameterFieldFailed(f"the function that is the default of parameter {self.name!r} failed {failed_at(e)}with {type(e).__name__}: {misfit(e) or e}") from e
        if self.type in (int, float, bool) and type(value) is not self.type or self.type is str and not self.multiple and not isinstance(value, (str, type(None))):
            raise ParameterFieldTypeMismatch(f"the function that is the default of parameter {self.name!r} returned {value!r}, which is not a value of type {self.type_name}")
        return value

    def _each(self, given, convert):
        if not self.multiple:
            return convert(*given)
        value, text = given
        if not isinstance(value, (list, tuple)):
            return (convert(value, text),)
        texts = text if isinstance(text, (list, tuple)) and len(text) == len(value) else value
        return tuple(convert(v, t) for v, t in zip(value, texts))

    def _separated(self, value):
        if not self.separator or value is None:
            return value
        split = lambda v: v.split(self.separator) if isinstance(v, str) and v else v
        return tuple(map(split, value)) if self.multiple else split(value)

    def _default(self, value, _):
        if self.type is JSONType and isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                raise MetaflowException(f"the default of parameter {self.name!r} is not JSON: {value!r}") from None
        if self.type in (int, float) and isinstance(value, (bool, int, float)) and (self.type is float or value % 1 == 0):
            return self.type(value)
        if self.type is str and not (self.separator and isinstance(value, (list, tuple))):
            return str(value)
        return self._given(value, value)

    def check(self):
        """Refuses a default that is no value of the parameter. Functions and files are looked at when a run begins."""
        if self.default is not None and not callable(self.default):
            self._separated(self._each((self.default, self.default), self._default))

    def _given(self, value, text):
        if self.type is JSONType:
            return value
        if self.type is str:
            if self.separator and isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value):
                return list(value)
            return value if isinstance(value, str) else text if isinstance(text, str) else json.dumps(value)
        try:
            if self.type is bool:
                return _truth(value)
            if isinstance(value, bool) or not isinstance(value, (int, float, str)):
                raise ValueError
            if self.type is int and isinstance(value, float):
                raise ValueError
            return self.type(value)
        except (ValueError, OverflowError):
            raise MetaflowException(f"parameter {self.name!r} takes a value of type {self.type_name}, and {value!r} is not one; give one with --param {self.name}=…") from None


def _type_of(name, type_, default, multiple):
    if type_ is None:
        sample = default[0] if multiple and isinstance(default, (list, tuple)) and default else default
        type_ = str if sample is None or callable(sample) or multiple and sample is default else type(sample)
    if isinstance(type_, JSONTypeClass) or type_ in (dict, list):
        return JSONType
    if type_ in _PLAIN:
        return type_
    raise MetaflowException(f"parameter {name!r} is of type {getattr(type_, '__name__', type_)!r}; the types are str, int, float, bool and JSONType")


_TRUE, _FALSE = ("1", "true", "t", "yes", "y", "on"), ("0", "false", "f", "no", "n", "off", "")


def _truth(value):
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError


class IncludeFile(Parameter):
    """A parameter whose value is the content of a file, as it is when the run starts."""

    def __init__(self, name, default=None, is_text=True, encoding=None, help=None, required=None, parser=None, **more):
        super().__init__(name, default=default, type=str, help=help, required=required, **more)
        self.is_text, self.encoding, self.parser = is_text, encoding or "utf-8", parser

    def value(self, given, flow_name, beside=""):
        path = super().value(given, flow_name)
        if path is None:
            return None
        try:
            with open(nearest(os.path.expanduser(path), ["", beside, os.path.dirname(self.file)]), "rb") as f:
                content = f.read()
            if self.is_text:
                content = content.decode(self.encoding)
        except OSError as e:
            raise MetaflowException(f"the file {path!r} of parameter {self.name!r} cannot be read: {e.strerror}") from None
        except UnicodeDecodeError:
            raise MetaflowException(f"the file {path!r} of parameter {self.name!r} is not {self.encoding}; name its encoding, or set is_text=False") from None
        return self._parsed(content) if self.parser else content

    def _parsed(self, content):
        try:
            return named_function(self.parser)(content)
        except Exception as e:
            raise MetaflowException(f"the parser of parameter {self.name!r} failed {failed_at(e)}with {type(e).__name__}: {e}") from e


def nearest(file, folders):
    """The file in the first of the folders that has it, else in the first."""
    paths = [os.path.join(folder, file) for folder in folders]
    return next((path for path in paths if os.path.exists(path)), paths[0])


def named_function(function):
    """A function, or the one that a dotted name stands for; one that begins with a dot is Metaflow's."""
    if callable(function):
        return function
    import importlib

    module, _, name = function.rpartition(".")
    if function.startswith("."):
        module = "metaflow.plugins.parsers" if "parsers" in module else "metaflow" + module
    return getattr(importlib.import_module(module), name)


def parameters(cls):
    """The parameters of a flow by attribute, in the order of their names."""
    out = {}
    for name in dir(cls):
        if name[0] != "_":
            value = getattr(cls, name, None)
            if isinstance(value, Parameter) and not value.IS_CONFIG_PARAMETER:
                out[name] = value
    return out


def constants(cls, base):
    """The class attributes of a flow that are data, by name."""
    out = {}
    for name in dir(cls):
        if name[0] == "_" or hasattr(base, name):
            continue
        value = getattr(cls, name)
        if not isinstance(value, (Parameter, type, property)) and not callable(value):
            out[name] = value
    return out

"""Config: what a flow is given before its decorators and parameters are made, so that these can use it.

A value is known when the class is defined: in the order of what counts, that of the command line (--config-value, --config) or of the
variables METAFLOW_FLOW_CONFIG_VALUE and METAFLOW_FLOW_CONFIG, and the default. In a step it is the one that the definition was made
with.
"""
import json
import os
import re
import sys

from ._mode import Mode
from ._parameters import Parameter, ParameterContext, named_function, nearest
from .exception import MetaflowException

VALUES, FILES = "METAFLOW_FLOW_CONFIG_VALUE", "METAFLOW_FLOW_CONFIG"
RESOLVED = "RUNNABLE_FLOW_CONFIGS"  # the variable that holds the values of a run that is resumed, which are not parsed again


class ConfigRefused(MetaflowException, SystemExit):
    """What is wrong with the configurations of a command line, which ends the program with the message where nobody catches it."""

    def __init__(self, message):
        super().__init__(message)
        self.code = message


class ConfigValue(dict):
    """A mapping that is also read by attributes, and that nobody changes."""

    def __init__(self, data=()):
        super().__init__({k: _wrapped(v) for k, v in dict(data).items()})

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def to_dict(self):
        return _plain(self)

    def __reduce__(self):
        return ConfigValue, (self.to_dict(),)

    def __copy__(self):
        return self

    def __deepcopy__(self, _):
        return self

    copy = __copy__

    def _fixed(self, *_, **__):
        raise TypeError("ConfigValue is immutable")

    __setattr__ = __delattr__ = __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _fixed


def _wrapped(value):
    if isinstance(value, dict):
        return value if isinstance(value, ConfigValue) else ConfigValue(value)
    return type(value)(map(_wrapped, value)) if type(value) in (list, tuple) else value


def _plain(value):
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return type(value)(map(_plain, value)) if type(value) in (list, tuple) else value


class Config(Parameter):
    """A configuration of a flow. In the class it stands for its value."""

    IS_CONFIG_PARAMETER = True

    def __init__(self, name, default=None, default_value=None, help=None, required=None, parser=None, plain=False, show_default=None, **more):
        if default is not None and default_value is not None:
            raise MetaflowException(f"config {name!r} has a default and a default_value; give it one")
        super().__init__(name, default=None, type=str, help=help, required=required, **more)
        self.default, self.default_value, self.parser, self.plain = default, default_value, parser, plain
        try:
            self.resolved = _wrapped(self._resolve())
        except MetaflowException as e:
            if _is_command_line():
                raise ConfigRefused(str(e)) from None
            raise
        Mode.configs[name] = self

    def _resolve(self):
        if Mode.running:
            return Mode.given.get(self.name)
        resolved = _variable(RESOLVED)
        if self.name in resolved:
            return resolved[self.name]
        values, files = given()
        name = self.name if self.name in values or self.name in files else self.name.lower()
        if name in values and name in files:
            raise MetaflowException(f"config {self.name!r} is given as a file and as a value; give it as one")
        if name in values:
            return self._parsed(values[name], "the value")
        if name in files:
            return self._read(files[name])
        if self.required:
            raise MetaflowException(f"config {self.name!r} is required; {_how(self.name)}")
        default = self._default_of(self.default)
        if default is not None:
            return self._read(default)
        value = self._default_of(self.default_value)
        return None if value is None else self._parsed(value, "the default value")

    def _default_of(self, default):
        return default(ParameterContext("", self.name)) if callable(default) else default

    def _read(self, file):
        try:
            with open(_found(file), encoding="utf-8") as f:
                text = f.read()
        except (OSError, UnicodeDecodeError) as e:
            raise MetaflowException(f"the file {file!r} of config {self.name!r} cannot be read: {getattr(e, 'strerror', None) or e}") from None
        return self._parsed(text, f"the file {file!r}")

    def _parsed(self, value, what):
        """The value of a text, or of what was given as a mapping."""
        if not isinstance(value, str):
            return value
        if self.parser is not None:
            try:
                value = named_function(self.parser)(value)
            except Exception as e:
                raise MetaflowException(f"the parser of config {self.name!r} failed on {what}: {type(e).__name__}: {e}") from e
            if not isinstance(value, dict) and not self.plain:
                raise MetaflowException(f"the parser of config {self.name!r} returned a {type(value).__name__}; return a dict, or say plain=True")
        elif not self.plain:
            try:
                value = json.loads(value)
            except ValueError as e:
                raise MetaflowException(f"{what} of config {self.name!r} is not JSON ({e}); name a parser, or say plain=True") from None
        return value

    # In the class, and in what stands in it, the configuration is read as its value is.

    def __getattr__(self, name):
        if name[:2] == "__" or name == "resolved":
            raise AttributeError(name)
        if self.resolved is None:
            raise AttributeError(f"config {self.name!r} has no value, and so no {name!r}; {_how(self.name)}")
        return getattr(self.resolved, name)

    def __getitem__(self, key):
        return self.resolved[key]

    def __iter__(self):
        return iter(self.resolved)

    def __len__(self):
        return len(self.resolved)

    def __contains__(self, key):
        return key in self.resolved

    def __str__(self):
        return str(self.resolved)

    def keys(self):
        return self.resolved.keys()


def _how(name):
    return f"give it with python FLOW --config {name} FILE, or in the variable {FILES}='{{\"{name}\": \"FILE\"}}'"


def config_expr(expression):
    """What an expression comes to, in which each configuration is a name beside those of the caller's module."""
    frame = sys._getframe(1)
    names = {**frame.f_globals, **frame.f_locals, **{n: c.resolved for n, c in Mode.configs.items()}}
    return eval(expression, names)


def configs(cls):
    """The configurations of a flow by attribute."""
    found = {n: getattr(cls, n, None) for n in dir(cls) if n[0] != "_"}
    return {n: c for n, c in found.items() if isinstance(c, Config)}


def plain_values(cls):
    """The values of a flow's configurations by name, as JSON has them."""
    out = {}
    for c in configs(cls).values():
        try:
            out[c.name] = json.loads(json.dumps(c.resolved, allow_nan=False))
        except (TypeError, ValueError) as e:
            raise MetaflowException(f"config {c.name!r} has no JSON form: {e}; let its parser return plain data") from None
    return out


def given():
    """(values, files) that the command line and the environment give, by name."""
    values, files = _variable(VALUES), _variable(FILES)
    if _is_command_line():
        for option, name, text in options(sys.argv[1:]):
            if option == "--config":
                files[name] = os.path.abspath(text)
            else:
                values[name] = _as_json(text)
    return values, files


def _is_command_line():
    """Whether this program was started by the user, not to read a flow or to run a step."""
    return Mode.recorder is None and not Mode.running


def options(arguments):
    """(option, name, value) of each --config and --config-value."""
    return [o for o in _parted(arguments)[0] if _complete(o)]


def checked(arguments):
    """The options, and the arguments without them. An option that lacks something is refused."""
    found, others = _parted(arguments)
    for option in found:
        if not _complete(option):
            raise ConfigRefused(f"{option[0]} needs a name and a value: {option[0]} NAME {'FILE' if option[0] == '--config' else 'VALUE'}")
    return found, others


def _complete(option):
    _, name, value = option
    return bool(name) and value is not None and not re.match("--[a-z]", name) and not re.match("--[a-z]", value)


def _parted(arguments):
    found, others, rest = [], [], iter(arguments)
    for a in rest:
        option, equals, name = a.partition("=")
        if option not in ("--config", "--config-value"):
            others.append(a)
            continue
        name = name if equals else next(rest, None)
        value = next(rest, None)
        found.append((option, name, value))
    return found, others


def _variable(name):
    text = os.environ.get(name)
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise MetaflowException(f"the variable {name} is not a JSON object of configurations by name")
    return found


def _as_json(text):
    """A value of the command line: a JSON object, or the text as it is for the parser."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, dict) else text


def _found(file):
    """A file, as seen from the user's current folder, or else from that of the flow."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    folders = [Mode.here or ".", *([os.path.dirname(os.path.abspath(main))] if main else [])]
    return nearest(file, folders)

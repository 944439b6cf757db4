"""Decorators that users write: what runs around a step, and what changes a flow before its graph is read."""
from ._decorators import decorator_of, made_of, parsed, specs
from ._where import misfit, written
from .exception import MetaflowException

USER_SKIP_STEP = {}


class _OnStep:
    """The base of what is written above a step, with or without arguments."""

    _list = None  # the attribute of a step's function that holds it

    def __init__(self, *args, **kwargs):
        step = args[0] if args and getattr(args[0], "is_step", False) else None
        self._args, self._kwargs = list(args[1:] if step else args), kwargs
        self._step, self._ready = step, False
        self._place = written()
        if step is not None:
            self._attach(step)

    def __new__(cls, *args, **_):
        made = super().__new__(cls)
        if args and getattr(args[0], "is_step", False):
            made.__init__(*args)
            return args[0]  # bare: the step itself stays what it is
        return made

    def __call__(self, step):
        if not getattr(step, "is_step", False):
            raise MetaflowException(f"@{type(self).__name__} belongs on a step; put it above @step")
        self._attach(step)
        return step

    def _attach(self, step):
        self._step = step
        for cls in type(self).__mro__:
            name = cls.__dict__.get("_list")
            if name:
                getattr(step, name).append(self)

    def init(self, *args, **kwargs):
        pass

    def ready(self):
        """Hands the arguments to the user's init, once."""
        if not self._ready:
            self._ready = True
            if (self._args or self._kwargs) and type(self).init is _OnStep.init:
                raise MetaflowException(f"@{type(self).__name__} is used with arguments and has no init(self, …) that takes them")
            _call(self, self.init, *self._args, **self._kwargs)
        return self


def _call(made, function, *args, **kwargs):
    """Calls what the user wrote in a decorator. Where its arguments do not fit, the mistake is where the decorator is used."""
    try:
        return function(*args, **kwargs)
    except TypeError as e:
        text = misfit(e)
        if text is None:
            raise
        refused = MetaflowException(f"@{type(made).__name__}: {text}")
        refused.place = getattr(made, "_place", None)
        raise refused from None


class UserStepDecorator(_OnStep):
    """Runs before and after a step."""

    _list = "wrappers"
    skip_step = False

    def pre_step(self, step_name, flow, inputs=None):
        return None

    def post_step(self, step_name, flow, exception=None):
        return (exception, None) if exception else (None, None)


def user_step_decorator(function=None, **_):
    """Makes a decorator of a generator that yields once, where the step runs."""
    import inspect

    if function is None:
        return user_step_decorator
    if not inspect.isgeneratorfunction(function):
        raise MetaflowException("@user_step_decorator belongs on a generator: a function that yields at the point where the step runs")
    takes = len(inspect.signature(function).parameters)
    if takes not in (3, 4):
        raise MetaflowException(f"{function.__name__}() takes {takes} arguments; a step decorator takes step_name, flow, inputs and, if it has any of its own, attributes")

    class Made(UserStepDecorator):
        def init(self, **kwargs):
            self._attributes = kwargs

        def pre_step(self, step_name, flow, inputs=None):
            self._running = function(step_name, flow, inputs, *([self._kwargs] if takes == 4 else []))
            said = next(self._running)
            if isinstance(said, dict):
                self.skip_step = said or True
                return None
            return said

        def post_step(self, step_name, flow, exception=None):
            try:
                if exception is not None:
                    self._running.throw(exception)
                else:
                    next(self._running)
            except StopIteration as e:
                return e.value
            except Exception as e:
                return e
            raise MetaflowException(f"{function.__name__}() yields more than once; it yields where the step runs")

    Made.__name__ = Made.__qualname__ = function.__name__
    Made.__module__ = function.__module__
    return Made


class StepMutator(_OnStep):
    """Changes the decorators of a step."""

    _list = "mutators"

    def pre_mutate(self, mutable_step):
        pass

    def mutate(self, mutable_step):
        pass


class FlowMutator:
    """Changes the decorators and parameters of a flow."""

    def __new__(cls, *args, **_):
        made = super().__new__(cls)
        if args and isinstance(args[0], type):
            made.__init__()
            return made(args[0])
        return made

    def __init__(self, *args, **kwargs):
        self._args, self._kwargs, self._place = args, kwargs, written()

    def __call__(self, flow):
        flow._flow_mutators = [self, *flow.__dict__.get("_flow_mutators", [])]
        return flow

    def init(self, *args, **kwargs):
        pass

    def pre_mutate(self, mutable_flow):
        pass

    def mutate(self, mutable_flow):
        pass


class _Mutable:
    """What has decorators that mutators change."""

    IGNORE, ERROR, OVERRIDE = 1, 2, 3

    @property
    def decorator_specs(self):
        """(name, qualified name, arguments, keyword arguments) of each decorator."""
        for d in self._decorators():
            yield d.name, d.name, [], dict(d.attributes)

    def has_decorator(self, name):
        return any(d.name == name for d in self._decorators())

    def get_decorator_specs(self, name):
        return [s for s in self.decorator_specs if s[0] == name]

    def add_decorator(self, deco_type, deco_args=None, deco_kwargs=None, duplicates=1):
        """Adds a decorator, given as itself, as a class of the user's, or as a text such as retry:times=3."""
        args, kwargs = deco_args or [], deco_kwargs or {}
        if isinstance(deco_type, str):
            name, more = parsed(deco_type)
            if more and (args or kwargs):
                raise MetaflowException(f"the decorator {deco_type!r} has arguments in its text and beside it; give them once")
            deco_type, kwargs = name, more or kwargs
        if isinstance(deco_type, type):
            deco_type(*args, **kwargs)(self._target())
            return
        if isinstance(deco_type, (_OnStep, FlowMutator)):
            deco_type(self._target())
            return
        made = made_of(deco_type, kwargs, isinstance(self._target(), type))
        there = [d for d in self._decorators() if d.name == made.name]
        if there and duplicates == self.ERROR:
            raise MetaflowException(f"@{made.name} is there already")
        if there and duplicates == self.IGNORE and made.name != "card":
            return
        if duplicates == self.OVERRIDE:
            self.remove_decorator(made.name)
        self._own().append(made)

    def remove_decorator(self, deco_name, deco_args=None, deco_kwargs=None):
        """Removes the decorators of a name, or those with exactly these arguments; reports whether there were any."""
        own = self._own()
        gone = [d for d in own if d.name == deco_name and (deco_kwargs is None or d.attributes == deco_kwargs)]
        own[:] = [d for d in own if d not in gone]
        return bool(gone)


class MutableStep(_Mutable):
    def __init__(self, flow, function):
        self.flow, self._function = flow, function

    @property
    def name(self):
        return self._function.__name__

    def _target(self):
        return self._function

    def _own(self):
        return self._function.decorators

    _decorators = _own


class MutableFlow(_Mutable):
    def __init__(self, cls):
        self._cls = cls

    def _target(self):
        return self._cls

    def _own(self):
        if "_flow_decorators" not in self._cls.__dict__:
            self._cls._flow_decorators = []
        return self._cls._flow_decorators

    def _decorators(self):
        from ._decorators import flow_decorators

        return flow_decorators(self._cls)

    @property
    def configs(self):
        from ._config import configs

        return iter((c.name, c.resolved) for c in configs(self._cls).values())

    @property
    def parameters(self):
        from ._parameters import parameters

        return iter(parameters(self._cls).items())

    @property
    def steps(self):
        return iter((n, MutableStep(self, f)) for n, f in _steps(self._cls))

    def add_parameter(self, name, value, overwrite=False):
        if not overwrite and hasattr(self._cls, name):
            raise MetaflowException(f"the flow has {name!r} already; pass overwrite=True to replace it")
        setattr(self._cls, name, value)

    def remove_parameter(self, parameter_name):
        from ._parameters import parameters

        found = parameter_name in parameters(self._cls)
        for c in self._cls.__mro__ if found else ():
            if parameter_name in c.__dict__:
                delattr(c, parameter_name)
        return found

    def __getattr__(self, name):
        if name in [n for n, _ in self.steps]:
            return MutableStep(self, getattr(self._cls, name))
        value = getattr(self._cls, name)
        return getattr(value, "resolved", value)


def _steps(cls):
    return [(n, f) for n, f in ((n, getattr(cls, n)) for n in dir(cls) if n[:2] != "__") if getattr(f, "is_step", False)]


def prepare(cls, added=""):
    """Carries out, once, what changes a flow: its mutators, and the decorators that --with adds to the steps that lack them."""
    if cls.__dict__.get("_prepared"):
        return
    cls._prepared = True
    flow, mutators = MutableFlow(cls), []
    for c in reversed(cls.__mro__):
        mutators += c.__dict__.get("_flow_mutators", [])
    for m in mutators:
        _call(m, m.init, *m._args, **m._kwargs)
        _call(m, m.pre_mutate, flow)
    on_steps = [(m.ready(), MutableStep(flow, f)) for _, f in _steps(cls) for m in reversed(f.mutators)]
    for m, step in on_steps:
        _call(m, m.pre_mutate, step)
    for text in specs(added):
        name, attributes = parsed(text)
        for _, f in _steps(cls):
            if decorator_of(f, name) is None:
                f.decorators.append(made_of(name, attributes, False))
    for m in mutators:
        _call(m, m.mutate, flow)
    for m, step in on_steps:
        _call(m, m.mutate, step)
    for _, f in _steps(cls):
        for w in f.wrappers:
            w.ready()


def run(function, flow, inputs, again):
    """Runs a step within the decorators that its user wrote. again calls self.next in its place, with the arguments that it is
    given."""
    arguments = [flow] if inputs is None else [flow, inputs]
    if not function.wrappers:
        function(*arguments)
        return
    entered, instead, following, failure = [], function, None, None
    for w in reversed(function.wrappers):
        said = w.pre_step(function.__name__, flow, inputs)
        entered.append(w)
        following = w.skip_step or None
        if following or said:
            instead = said or function
            break
    if not following:
        try:
            said = instead(*arguments)
            following = (said or None) if instead is not function else None
        except Exception as e:
            failure = e
    failed = failure is not None
    for w in reversed(entered):
        try:
            said = w.post_step(function.__name__, flow, failure)
        except Exception as e:
            said = e
        if isinstance(said, tuple):
            failure, following = said
        elif said is None or isinstance(said, Exception):
            failure = said
        else:
            raise MetaflowException(f"post_step of @{type(w).__name__} returned {said!r}; return an exception or None, or a tuple of that and the arguments for self.next")
    if failure is not None:
        raise failure
    if failed or following not in (None, False):
        again(following if isinstance(following, dict) else {})

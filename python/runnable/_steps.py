"""The kinds of step. Every argument is given by name."""
from . import _values as v
from ._errors import DefinitionError
from ._functions import dotted, reducer, short
from ._mode import recording
from ._places import caller

_ENDS = ("success", "fail")


class Step:
    """The arguments that all kinds of step share.

    next_node, a >> b and terminate_with_* say where success leads; without them the next step of the pipeline's
    list follows. on_failure is a pipeline, a step, a list of steps, or "success" or "fail". needs lists the steps,
    or their names, that must be done first; the pipeline is then a graph, and the order of the list does not matter.
    """

    kind = ""

    def __init__(self, name, next_node, terminate_with_success, terminate_with_failure, on_failure, needs, overrides, env, image, python, packages, resources, targets, ignore):
        self.call = caller(type(self).__name__) if recording() else None
        self.name = v.word(name, "name")
        self.next = _step_name(next_node, "next_node")
        if terminate_with_success and terminate_with_failure:
            raise DefinitionError("a step cannot terminate with success and with failure; choose one")
        if self.next and self.next not in _ENDS and (terminate_with_success or terminate_with_failure):
            raise DefinitionError("a step that terminates has no next_node; delete one of the two")
        if v.flag(terminate_with_success, "terminate_with_success"):
            self.next = "success"
        if v.flag(terminate_with_failure, "terminate_with_failure"):
            self.next = "fail"
        self.on_failure = on_failure
        self.needs = None if needs is None else _needs(needs)
        self.overrides, self.env = v.overrides(overrides), v.env(env)
        self.image, self.resources = v.word(image, "image"), v.resources(resources)
        self.python, self.packages = v.word(python, "python"), v.names(packages, "packages")
        self.ignore = v.names(ignore, "ignore")
        self.targets = v.targets(targets)
        from ._pipeline import as_handler

        as_handler(on_failure)  # a wrong one is told here, where it is given

    def default_name(self):
        return self.kind

    def __rshift__(self, other):
        """a >> b: b comes after a."""
        if not isinstance(other, (Step, Terminal)):
            raise DefinitionError(f">> leads to a step, not to {v.describe(other)}")
        if self.next:
            raise DefinitionError(f'the step "{self.name or self.default_name()}" already leads to "{_label(self.next)}"')
        self.next = other if isinstance(other, Step) else other.name
        return other

    def __lshift__(self, other):
        """b << a: b comes after a."""
        if not isinstance(other, Step):
            raise DefinitionError(f"<< comes from a step, not from {v.describe(other)}")
        other >> self
        return other

    def as_pipeline(self):
        """A pipeline with only this step."""
        from ._pipeline import Pipeline

        return self._alone(Pipeline)

    def as_async_pipeline(self):
        """An async pipeline with only this step."""
        from ._pipeline import AsyncPipeline

        return self._alone(AsyncPipeline)

    def _alone(self, kind):
        made = kind(steps=[self], name=self.name)
        made.call = self.call or made.call
        return made


def _label(to):
    return to if isinstance(to, str) else to.name or to.default_name()


def _step_name(to, what):
    if to is None:
        return ""
    if isinstance(to, Step):
        return to
    if isinstance(to, Terminal):
        return to.name
    return v.word(to, what)


def _needs(value):
    if isinstance(value, (str, Step)):
        raise DefinitionError("needs must be a list; put [ ] around it")
    if not isinstance(value, (list, tuple)):
        raise DefinitionError(f"needs must be a list of steps, not {v.describe(value)}")
    for one in value:
        if not isinstance(one, (str, Step)):
            raise DefinitionError(f"needs must be a list of steps or their names, and holds {v.describe(one)}")
    return list(value)


class Terminal:
    """One of the two ends that every pipeline has."""

    def __init__(self, name, want):
        if name != want:
            raise DefinitionError(f'the terminal "{want}" has no other name')
        self.name = name
        self.call = caller(type(self).__name__) if recording() else None


class Success(Terminal):
    def __init__(self, *, name="success"):
        super().__init__(name, "success")


class Fail(Terminal):
    def __init__(self, *, name="fail"):
        super().__init__(name, "fail")


class Stub(Step):
    """Runs nothing and succeeds; its catalog is synced. Unknown arguments are ignored, so that you can skip a step by
    changing its class."""

    kind = "stub"

    def __init__(
        self, *, name="", next_node="", terminate_with_success=False, terminate_with_failure=False, on_failure=None,
        needs=None, overrides=None, env=None, image=None, python=None, packages=(), resources=None, targets=None, ignore=(), catalog=None, **ignored,
    ):  # fmt: skip
        super().__init__(name, next_node, terminate_with_success, terminate_with_failure, on_failure, needs, overrides, env, image, python, packages, resources, targets, ignore)
        self.catalog = v.catalog(catalog)


class Task(Step):
    """The arguments that all tasks share."""

    kind = "task"
    command_type = ""

    def _task(self, catalog, returns, secrets, inputs, retry, max_attempts, timeout, cache):
        self.catalog, self.returns = v.catalog(catalog), v.returns(returns)
        self.secrets, self.inputs = v.names(secrets, "secrets"), v.inputs(inputs)
        self.retry, self.timeout = v.retry(retry, max_attempts), v.duration(timeout, "timeout")
        self.cache, self.options, self.stream_end = v.flag(cache, "cache"), None, ""


class PythonTask(Task):
    """Calls a function of a module, with the parameters that its arguments name."""

    command_type, argument = "python", "function"

    def __init__(
        self, *, function, name="", next_node="", terminate_with_success=False, terminate_with_failure=False,
        on_failure=None, needs=None, overrides=None, env=None, image=None, python=None, packages=(), resources=None, targets=None, ignore=(), catalog=None, returns=(),
        secrets=(), inputs=None, retry=None, max_attempts=None, timeout=None, cache=False,
    ):  # fmt: skip
        self.command = dotted(function, "function")
        super().__init__(name, next_node, terminate_with_success, terminate_with_failure, on_failure, needs, overrides, env, image, python, packages, resources, targets, ignore)
        self._task(catalog, returns, secrets, inputs, retry, max_attempts, timeout, cache)

    def default_name(self):
        return short(self.command)


class AsyncPythonTask(PythonTask):
    """Calls an async function, or an async generator, whose event of type stream_end_type holds the returns."""

    command_type = "async-python"

    def __init__(self, *, function, stream_end_type="done", **more):
        super().__init__(function=function, **more)
        self.stream_end = v.word(stream_end_type, "stream_end_type", optional=False)


class ShellTask(Task):
    """Runs a script with /bin/sh; returns are exported variables."""

    command_type, argument = "shell", "command"

    def __init__(
        self, *, command, name="", next_node="", terminate_with_success=False, terminate_with_failure=False,
        on_failure=None, needs=None, overrides=None, env=None, image=None, python=None, packages=(), resources=None, targets=None, ignore=(), catalog=None, returns=(),
        secrets=(), inputs=None, retry=None, max_attempts=None, timeout=None, cache=False,
    ):  # fmt: skip
        self.command = v.word(command, "command", optional=False)
        if not self.command.strip():
            raise DefinitionError("command is empty; to do nothing, use Stub", code="RR0114")
        super().__init__(name, next_node, terminate_with_success, terminate_with_failure, on_failure, needs, overrides, env, image, python, packages, resources, targets, ignore)
        self._task(catalog, returns, secrets, inputs, retry, max_attempts, timeout, cache)
        for r in self.returns:
            if r.kind == "object":
                raise DefinitionError(f'a shell command cannot return the object "{r.name}"; return it as json or text, or put a file into the catalog', code="RR0116")
            if r.key:
                raise DefinitionError(f'a shell command returns no mapping that the key of "{r.name}" could be taken from; delete it', code="RR0116")

    def default_name(self):
        """The first line of the script."""
        line = self.command.strip().splitlines()[0].strip()
        line = "".join(c if c.isprintable() and c not in ".%" else "-" for c in line)
        return line if len(line) <= 40 else line[:39].rstrip() + "…"


class NotebookTask(Task):
    """Executes a notebook."""

    command_type, argument = "notebook", "notebook"

    def __init__(
        self, *, notebook, optional_ploomber_args=None, name="", next_node="", terminate_with_success=False,
        terminate_with_failure=False, on_failure=None, needs=None, overrides=None, env=None, image=None, python=None, packages=(),
        resources=None, targets=None, ignore=(), catalog=None, returns=(), secrets=(), inputs=None, retry=None, max_attempts=None, timeout=None,
        cache=False,
    ):  # fmt: skip
        self.command = v.word(notebook, "notebook", optional=False).replace("\\", "/")
        if not self.command.endswith(".ipynb"):
            raise DefinitionError(f'"{self.command}" is not a notebook; it must be a path that ends in .ipynb', code="RR0114")
        super().__init__(name, next_node, terminate_with_success, terminate_with_failure, on_failure, needs, overrides, env, image, python, packages, resources, targets, ignore)
        self._task(catalog, returns, secrets, inputs, retry, max_attempts, timeout, cache)
        if optional_ploomber_args:
            if not isinstance(optional_ploomber_args, dict):
                raise DefinitionError(f"optional_ploomber_args must be a mapping, not {v.describe(optional_ploomber_args)}")
            self.options = v.json_value(optional_ploomber_args, "optional_ploomber_args")

    def default_name(self):
        stem = self.command.rpartition("/")[2][: -len(".ipynb")]
        return stem.replace(".", "-").replace("%", "-") or "notebook"


class Composite(Step):
    """What holds pipelines: its settings are the defaults of the steps inside."""


class Parallel(Composite):
    """Runs all its branches: a mapping from names to pipelines, steps or lists of steps."""

    kind = "parallel"

    def __init__(
        self, *, branches, name="", next_node="", terminate_with_success=False, terminate_with_failure=False,
        on_failure=None, needs=None, overrides=None, env=None, image=None, python=None, packages=(), resources=None, targets=None, ignore=(), fail_fast=False, pods="",
    ):  # fmt: skip
        super().__init__(name, next_node, terminate_with_success, terminate_with_failure, on_failure, needs, overrides, env, image, python, packages, resources, targets, ignore)
        self.branches, self.fail_fast = _branches(branches, "Parallel"), v.flag(fail_fast, "fail_fast")
        self.pods = v.word(pods, "pods")


class Conditional(Composite):
    """Runs the branch named by the value of a parameter, or of an expression over the parameters, else the default: a
    pipeline, a step, a list of steps, or the name of a branch."""

    kind = "conditional"

    def __init__(
        self, *, branches, parameter="", expression="", default=None, name="", next_node="", terminate_with_success=False,
        terminate_with_failure=False, on_failure=None, needs=None, overrides=None, env=None, image=None, python=None, packages=(),
        resources=None, targets=None, ignore=(), fail_fast=False, pods="",
    ):  # fmt: skip
        super().__init__(name, next_node, terminate_with_success, terminate_with_failure, on_failure, needs, overrides, env, image, python, packages, resources, targets, ignore)
        from ._pipeline import as_branch

        self.parameter, self.expression = _either(parameter, "parameter", expression, "expression")
        self.branches, self.fail_fast = _branches(branches, "Conditional"), v.flag(fail_fast, "fail_fast")
        self.pods = v.word(pods, "pods")
        self.default = ""
        if isinstance(default, str):
            if default not in self.branches:
                raise DefinitionError(f'default names no branch "{default}"; the branches are {", ".join(self.branches)}')
            self.default = default
        elif default is not None:
            if "default" in self.branches:
                raise DefinitionError('default= adds a branch of that name, and there is already one called "default"; rename it, or write default="default"', code="RR0110")
            self.branches["default"], self.default = as_branch(default, "default"), "default"


class Map(Composite):
    """Runs its branch once for each item of a list, which the branch sees as iterate_as. The list is the parameter
    iterate_on or the value of the expression iterate_over. reducer is a name, a lambda or a function; without one the
    results are lists."""

    kind = "map"

    def __init__(
        self, *, branch, iterate_as, iterate_on="", iterate_over="", reducer=None, name="", next_node="", terminate_with_success=False,
        terminate_with_failure=False, on_failure=None, needs=None, overrides=None, env=None, image=None, python=None, packages=(),
        resources=None, targets=None, ignore=(), parallelism=None, fail_fast=False, pods="",
    ):  # fmt: skip
        super().__init__(name, next_node, terminate_with_success, terminate_with_failure, on_failure, needs, overrides, env, image, python, packages, resources, targets, ignore)
        from ._pipeline import as_branch

        self.branch = as_branch(branch, "branch")
        self.iterate_on, self.iterate_over = _either(iterate_on, "iterate_on", iterate_over, "iterate_over")
        self.iterate_as = v.word(iterate_as, "iterate_as", False)
        self.reducer = _reducer(reducer, self.call)
        self.parallelism = 0 if parallelism is None else v.count(parallelism, "parallelism", 1)
        self.fail_fast = v.flag(fail_fast, "fail_fast")
        self.pods = v.word(pods, "pods")


_reducer = reducer  # the argument of Map hides the function


class Loop(Composite):
    """Runs its branch until the parameter break_on, or the expression break_when, is true, but at most max_iterations
    times; index_as counts from 0."""

    kind = "loop"

    def __init__(
        self, *, branch, max_iterations, index_as, break_on="", break_when="", name="", next_node="", terminate_with_success=False,
        terminate_with_failure=False, on_failure=None, needs=None, overrides=None, env=None, image=None, python=None, packages=(),
        resources=None, targets=None, ignore=(), fail_fast=False, pods="",
    ):  # fmt: skip
        super().__init__(name, next_node, terminate_with_success, terminate_with_failure, on_failure, needs, overrides, env, image, python, packages, resources, targets, ignore)
        from ._pipeline import as_branch

        self.branch, self.max_iterations = as_branch(branch, "branch"), v.count(max_iterations, "max_iterations", 1)
        self.break_on, self.break_when = _either(break_on, "break_on", break_when, "break_when")
        self.index_as = v.word(index_as, "index_as", False)
        self.fail_fast = v.flag(fail_fast, "fail_fast")
        self.pods = v.word(pods, "pods")


class PipelineTask(Composite):
    """Runs the pipeline of another definition, in any language, in its own scope. inputs are the names that it gets, or a
    mapping from its parameters to names, lists of names or {"value": ...}; returns are the names that later steps see, or
    mappings with "name" and "as" for those that have another name outside."""

    kind = "pipeline"

    def __init__(
        self, *, definition, inputs=None, returns=(), name="", next_node="", terminate_with_success=False, terminate_with_failure=False,
        on_failure=None, needs=None, overrides=None, env=None, image=None, python=None, packages=(), resources=None, targets=None, ignore=(), pods="",
    ):  # fmt: skip
        super().__init__(name, next_node, terminate_with_success, terminate_with_failure, on_failure, needs, overrides, env, image, python, packages, resources, targets, ignore)
        self.pods = v.word(pods, "pods")
        self.definition = v.word(definition, "definition", False)
        self.inputs, self.returns = v.bindings(inputs), v.results(returns)

    def default_name(self):
        """The file without its ending."""
        stem = self.definition.rpartition("/")[2].rpartition(".")[0]
        return stem.replace(".", "-").replace("%", "-") or "pipeline"


def _either(name, what, expression, instead):
    """The name of a parameter, or an expression in its place."""
    name, expression = v.word(name, what), v.word(expression, instead)
    if bool(name) == bool(expression):
        raise DefinitionError(f"give {what} or {instead}, {'not both' if name else 'one of the two'}", code="RR0321" if name else "RR0306")
    return name, expression


def _branches(value, what):
    from ._pipeline import as_branch

    if not isinstance(value, dict):
        raise DefinitionError(f'branches must be a mapping such as {{"left": ..., "right": ...}}, not {v.describe(value)}')
    if not value:
        raise DefinitionError(f"{what} has no branch; add one", code="RR0121")
    return {_branch_name(k): as_branch(b, f'branch "{k}"') for k, b in value.items()}


def _branch_name(key):
    """A branch's name; a conditional compares it with values, so True is true and 1 is 1."""
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, (int, float)):
        return repr(key)
    return v.word(key, "the name of a branch", optional=False)

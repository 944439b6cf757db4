"""Runs one step of a flow.

The runner's request says in "flow" what _lower.py wrote there, and what it knows of the attempt: {"run", "path", "try", "timeout"}.
"""
import ast
import contextlib
import json
import os
import signal
import sys

from runnable_render import values
from runnable_render.report import Failure, describe, print_traceback

from . import _store
from ._artifacts import Index, Store, entry, plain
from ._current import current, tags_of_environment
from ._flowspec import _STATE, Fixed, FlowSpec, Inputs, State, assigned, begin
from ._config import RESOLVED, ConfigValue, configs
from ._custom import prepare
from ._custom import run as run_within
from ._mode import Mode
from ._parameters import constants, parameters, user_name
from ._secrets import inline_secrets
from ._source import fingerprint
from .exception import MetaflowException, MetaflowExceptionWrapper
from .plugins.catch_decorator import FailureHandledByCatch
from .plugins.timeout_decorator import TimeoutException


def begin_step(spec):
    """Says that this process runs a step, before the flow is imported."""
    Mode.running, Mode.given = True, spec.get("configs", {})
    os.environ.pop(RESOLVED, None)  # of this flow alone
    _store.use(spec.get("store"))


def run(function, cls, request, visible, fetch, new_file):
    """Runs a step and returns the answer."""
    prepare(cls)
    return _Step(function, cls, request["flow"], visible, Store(fetch, new_file)).run()


class _Step:
    def __init__(self, function, cls, spec, visible, store):
        self.function, self.cls, self.spec, self.visible, self.store = function, cls, spec, visible, store
        self.name = function.__name__
        self.read, self.cards = [], None

    def run(self):
        flow, inputs = self.prepare()
        self.visible.tell(self.read)
        about = self.about(flow)
        if "cards" in self.spec:
            from .cards import Cards

            about["card"] = self.cards = Cards(self.spec["cards"])
        current._set(about)
        state = flow.__dict__[_STATE]
        self.execute(flow, state, [flow, inputs])
        return self.answer(flow, state)

    def value(self, name):
        self.read.append(name)
        return self.visible.get(name)[0]

    def prepare(self):
        """The flow object of the step, and the inputs of a join."""
        begins = self.spec.get("start") and not self.iteration()
        lanes = [] if begins else self.lanes()
        if self.spec.get("join"):
            return self.join(lanes)
        left = Index() if begins else Index(lanes[0])
        if begins:
            for name, value in self.given().items():
                left.keep(name, value.to_dict() if isinstance(value, ConfigValue) else value, self.store)
        fixed = self.fixed(left)
        frames = list(left.frames)
        if "item" in self.spec and not self.iteration():
            frames.append(self.value(self.spec["item"]))
        return begin(self.cls, State(self.name, left, self.store, frames, empty=self.spec.get("empty", False)), fixed), None

    def lanes(self):
        if self.iteration():
            return [self.value(self.spec["lane"])]
        return [self.value(n) for n in self.spec["lanes"]]

    def iteration(self):
        return self.visible.get(self.spec["iteration"])[0] if "iteration" in self.spec else 0

    def join(self, lanes):
        if self.spec["join"] == "foreach":
            lanes = lanes[0]
        indexes = [Index(lane) for lane in lanes or ()]
        split = None if indexes else Index(self.value(self.spec["lane"]))  # of a foreach over nothing: the step before it
        left = Index()
        for name in self.fixed_names(split or indexes[0]):
            left.take(split or indexes[0], name)
        fixed = self.fixed(left)
        flows = [begin(self.cls, State(i.step, i, self.store, i.frames), fixed) for i in indexes]
        frames = split.frames if split else indexes[0].frames[:-1] if self.spec["join"] == "foreach" else indexes[0].frames
        return begin(self.cls, State(self.name, left, self.store, list(frames), join=True), fixed), Inputs(flows)

    def given(self):
        """The parameters and constants at the start of a run."""
        out, visible = {}, self.visible.names()
        beside = os.path.dirname(os.path.abspath(sys.modules[self.cls.__module__].__file__))
        for attribute, p in parameters(self.cls).items():
            given = None
            if p.name in visible:
                self.read.append(p.name)
                written = self.visible.written(p.name)
                given = (values.plain(written), _texts(written))
            try:
                out[attribute] = p.value(given, self.cls.__name__, beside)
            except MetaflowException as e:
                raise Failure(str(e)) from e
        return {**out, **constants(self.cls, FlowSpec), **{n: c.resolved for n, c in configs(self.cls).items()}}

    def fixed_names(self, left):
        names = [*parameters(self.cls), *constants(self.cls, FlowSpec), *configs(self.cls)]
        return [n for n in names if n in left]

    def fixed(self, left):
        """The names of what no step changes, each of which is read when it is asked for."""
        names, known = self.fixed_names(left), configs(self.cls)
        for n in names:
            setattr(self.cls, n, Fixed(n, getattr(self.cls, n), _config_value if n in known else lambda value: value))
        return names

    def about(self, flow):
        run, path = self.spec["run"], self.spec["path"].split(".")
        at = "-".join(p for p in path[:-1] if p.isdigit()) or "0"
        user = user_name()
        return {
            "flow_name": self.cls.__name__, "run_id": run, "step_name": self.name, "task_id": at, "retry_count": self.spec["try"] - 1,
            "origin_run_id": self.spec.get("origin"),
            "pathspec": f"{self.cls.__name__}/{run}/{self.name}/{at}", "namespace": f"user:{user}" if user else None, "username": user,
            "tags": frozenset(self.spec.get("tags") or tags_of_environment()), "parameter_names": list(parameters(self.cls)), "tempdir": os.environ.get("METAFLOW_TEMPDIR", "."),
            **self.spec.get("project", {}),
        }

    def execute(self, flow, state, arguments):
        catch = self.spec.get("catch")
        if self.spec.get("caught"):
            self.caught(flow, state, _death())
            return
        os.environ.update(inline_secrets(self.function))
        try:
            with self.limit():
                run_within(self.function, *arguments, again=lambda given: self.again(flow, state, given))
        except Exception as e:
            if catch is None or self.spec["try"] <= self.spec.get("retries", 0):
                if isinstance(e, TimeoutException):
                    print_traceback(e)
                    raise Failure(describe(e), kind="timeout") from None
                raise
            if catch["print"]:
                print(f"@catch caught an exception from {flow}")
                print_traceback(e)
            self.caught(flow, state, e)
            return
        if catch and catch["var"]:
            setattr(flow, catch["var"], None)
        self.check(state)

    def again(self, flow, state, given):
        """Calls self.next in place of a step that its decorators left out."""
        from ._graph import Node

        node, targets = Node(self.name, self.function), self.spec.get("targets")
        if targets is None:
            return
        if node.kind == "switch":
            raise Failure(f'a decorator left out step "{self.name}", which is a switch; there is no telling which case is next', kind="error")
        if node.kind == "foreach" and not given:
            given = {"foreach": eval(compile(ast.Expression(node.foreach), self.name, "eval"), self.function.__globals__, {"self": flow})}
        state.transition = None
        flow.next(*(getattr(flow, t) for t in targets), **given)

    def caught(self, flow, state, e):
        """The step goes on as if it had said what comes next, which for a step with @catch is always the same."""
        from ._flowspec import Transition

        var = self.spec["catch"]["var"]
        if var:
            try:
                raise e
            except Exception as again:
                setattr(flow, var, MetaflowExceptionWrapper(again))
        state.transition = Transition(self.spec.get("targets", []))

    def check(self, state):
        """What a step says at its end is what the graph was made of."""
        want, said = self.spec.get("targets"), state.transition
        if want is None:
            if said is not None:
                raise Failure(f'the end step "{self.name}" called self.next(); remove that call', kind="error")
            return
        if said is None:
            raise Failure(f'step "{self.name}" ended without self.next(); each run of the step must reach its last statement', kind="error")
        allowed = want + ([self.name] if "done" in self.spec else [])
        same = said.targets[0] in allowed if said.condition else said.targets == want
        if not same or bool(said.condition) != ("case" in self.spec) or (said.items is not None) != ("items" in self.spec):
            raise Failure(f'step "{self.name}" went on to {", ".join(said.targets)}, and its source says {", ".join(allowed)}; call self.next exactly as it is written at the end of the step', kind="error")

    @contextlib.contextmanager
    def limit(self):
        """Raises in the step when its time is over, so that @catch and the step itself can take it."""
        seconds = self.spec.get("timeout")
        if not seconds or not hasattr(signal, "SIGALRM"):
            yield
            return

        def over(_, frame):
            raise TimeoutException(f"Step {self.name} timed out after {_spoken(seconds)}")

        before = signal.signal(signal.SIGALRM, over)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def answer(self, flow, state):
        left = state.left
        try:
            for name, value in assigned(flow).items():
                left.keep(name, value, self.store)
            returns = [(self.spec["lane"], None)] + self.controls(state)
        except MetaflowException as e:
            raise Failure(str(e), kind="data") from e
        left.step, left.frames = self.name, state.frames
        if self.cards is not None:
            left.cards = self.kept_cards()
        returns[0] = (self.spec["lane"], left.data())
        made = [{"name": n, "kind": "json", "json": json.dumps(v, allow_nan=False, separators=(",", ":"))} for n, v in returns]
        return {"returns": made, "objects": self.store.written, "source": fingerprint(self.function)}

    def kept_cards(self):
        """The cards of the step, in the store where they are large. A step that has ended does not fail because of them."""
        try:
            data = self.cards.data()
            return data if plain(data) is not None else self.store.keep_json(data)
        except Exception as e:
            print(f"warning: the cards of this step are not kept: {describe(e)}")
            return []

    def controls(self, state):
        said, out = state.transition, []
        if "items" in self.spec:
            items = said.items
            out.append((self.spec["items"], [entry(i, len(items), v, self.store) for i, v in enumerate(items)]))
        if "case" in self.spec:
            out.append((self.spec["case"], said.targets[0]))
        if "done" in self.spec:
            again = said.targets[0] == self.name
            if again and self.iteration() + 1 >= self.spec["most"]:
                raise Failure(f'step "{self.name}" has come after itself {self.spec["most"]} times, which is as often as a loop may')
            out.append((self.spec["done"], not again))
        return out


def _config_value(value):
    return ConfigValue(value) if isinstance(value, dict) else value


def _death():
    """What @catch keeps of a step whose process ended."""
    kind, message = os.environ.get("RUNNABLE_FAILURE_KIND", ""), os.environ.get("RUNNABLE_FAILURE_MESSAGE", "")
    if kind == "timeout":
        return TimeoutException(message)
    return FailureHandledByCatch(f"Task execution kept failing. Your code did not raise an exception. Something in the execution environment caused the failure: {message}")


def _spoken(seconds):
    hours, rest = divmod(int(seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours} hours, {minutes} minutes, {seconds} seconds"


def _texts(written):
    """The literals of numbers, in lists too."""
    if isinstance(written, list):
        return [_texts(v) for v in written]
    return written if isinstance(written, str) else values.written(written) if isinstance(written, (int, float)) or written is None else json.dumps(values.plain(written))

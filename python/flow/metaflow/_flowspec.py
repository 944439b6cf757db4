"""FlowSpec: what a step sees as self."""
from . import _mode
from .exception import InvalidNextException, MetaflowException, MissingInMergeArtifactsException, UnhandledInMergeArtifactsException

_STATE = "_metaflow_state"


class Transition:
    """What a step said in self.next."""

    def __init__(self, targets, items=None, condition=None):
        self.targets, self.items, self.condition = targets, items, condition


class State:
    """What a FlowSpec object knows of its step. left is what the step before left; out what a join has merged so far."""

    def __init__(self, step, left, store, frames, join=False, empty=False):
        self.step, self.left, self.store, self.frames, self.join = step, left, store, frames, join
        self.empty = empty  # its foreach may go over nothing
        self.transition, self.elements, self.fixed = None, {}, set()


class FlowSpec:
    """The base of flows."""

    def __init__(self, use_cli=True):
        if use_cli:
            _mode.started(type(self))

    @property
    def name(self):
        return type(self).__name__

    def __getattr__(self, name):
        state = self.__dict__.get(_STATE)
        if state is not None and name in state.left:
            value = state.left.load(name, state.store)
            self.__dict__[name] = value
            return value
        where = f" in step {state.step!r}" if state is not None else ""
        raise AttributeError(f"Flow {type(self).__name__} has no attribute {name!r}{where}")

    def __setattr__(self, name, value):
        state = self.__dict__.get(_STATE)
        if state is not None and name in state.fixed:
            raise AttributeError("Flow level attributes and Parameters are not modifiable")
        object.__setattr__(self, name, value)

    def __getstate__(self):
        raise MetaflowException(
            "a flow cannot be an artifact, and neither can one of the inputs of a join; keep single attributes of it, such as input.x"
        )

    def __str__(self):
        state = self.__dict__.get(_STATE)
        if state is None:
            return f"<flow {self.name}>"
        at = ",".join(str(f["index"]) for f in state.frames)
        return f"<flow {self.name} step {state.step}{f'[{at}]' if at else ''}>"

    __repr__ = __str__

    def _state(self):
        state = self.__dict__.get(_STATE)
        if state is None:
            raise MetaflowException("this needs a step that is running")
        return state

    @property
    def index(self):
        """The index of the innermost foreach around; None outside of one."""
        frames = self._state().frames
        return frames[-1]["index"] if frames else None

    @property
    def input(self):
        """The element of the innermost foreach around; None outside of one."""
        frames = self._state().frames
        return self._element(len(frames) - 1) if frames else None

    def foreach_stack(self):
        """(index, number of elements, element) of each foreach around, the outermost first."""
        return [(f["index"], f["of"], self._element(i)) for i, f in enumerate(self._state().frames)]

    def _element(self, i):
        from ._artifacts import element

        state = self._state()
        if i not in state.elements:
            state.elements[i] = element(state.frames[i], state.store)
        return state.elements[i]

    def next(self, *dsts, **kwargs):
        """Says which step comes next."""
        state = self._state()
        foreach, condition = kwargs.pop("foreach", None), kwargs.pop("condition", None)
        if kwargs:
            raise InvalidNextException(f"step {state.step!r} passes an unknown keyword argument {next(iter(kwargs))!r} to self.next()")
        if state.transition is not None:
            raise InvalidNextException(f"step {state.step!r} calls self.next() more than once; call it once, as the last statement")
        if condition is not None:
            state.transition = self._switch(state, dsts, condition, foreach)
            return
        targets = [_target(state, d) for d in dsts]
        if not targets:
            raise InvalidNextException(f"step {state.step!r} calls self.next() without a step")
        items = None
        if foreach is not None:
            if len(targets) != 1:
                raise InvalidNextException(f"step {state.step!r} has a foreach over several steps; give self.next() exactly one")
            items = self._elements(state, foreach)
        state.transition = Transition(targets, items=items)

    def _switch(self, state, dsts, condition, foreach):
        if foreach is not None or len(dsts) != 1 or not isinstance(dsts[0], dict) or not dsts[0] or not isinstance(condition, str):
            raise InvalidNextException(f"step {state.step!r} has a switch that cannot be followed: write self.next({{value: self.step, …}}, condition='name of an artifact')")
        try:
            value = getattr(self, condition)
        except AttributeError:
            raise InvalidNextException(f"step {state.step!r} switches on self.{condition}, which does not exist; set it in this step") from None
        cases = dsts[0]
        if value not in cases:
            raise RuntimeError(f"Switch condition variable '{condition}' has value '{value}' which is not in the available cases: {list(cases)}")
        return Transition([_target(state, cases[value])], condition=condition)

    def _elements(self, state, foreach):
        what = f"self.{foreach}" if isinstance(foreach, str) else "the value of foreach"
        if isinstance(foreach, str):
            try:
                foreach = getattr(self, foreach)
            except AttributeError:
                raise InvalidNextException(f"the foreach of step {state.step!r} goes over {what}, which does not exist; set it in this step") from None
        try:
            items = list(foreach)
        except Exception as e:
            raise InvalidNextException(f"the foreach of step {state.step!r} goes over {what}, which is not iterable: {e}") from None
        if not items and not state.empty:
            raise InvalidNextException(f"the foreach of step {state.step!r} goes over {what}, which is empty, so nothing would reach the join; use a switch for the case that there is nothing to do, or set empty_foreach = True in the class of the flow: the join then gets no inputs")
        return items

    def merge_artifacts(self, inputs, exclude=None, include=None):
        """Takes over, in a join, what the inputs agree on and this step has not set."""
        state, include, exclude = self._state(), list(include or []), list(exclude or [])
        if not state.join:
            raise MetaflowException(f"merge_artifacts can only be called in a join and step *{state.step}* is not a join")
        if include and exclude:
            raise MetaflowException("`exclude` and `include` are mutually exclusive in merge_artifacts")
        found, conflicts = {}, []
        for one in inputs:
            left = one._state().left
            for name in left.names():
                if (name not in include) if include else (name in exclude):
                    continue
                if name in found:
                    if found[name].identity(name) != left.identity(name) and name not in conflicts:
                        conflicts.append(name)
                elif not hasattr(self, name):
                    found[name] = left
        if conflicts:
            raise UnhandledInMergeArtifactsException(
                f"Step *{state.step}* cannot merge the following artifacts due to them having conflicting values:\n[{', '.join(conflicts)}].\n"
                "To remedy this issue, be sure to explicitly set those artifacts (using self.<artifact_name> = ...) prior to calling merge_artifacts.",
                conflicts,
            )
        missing = [n for n in include if n not in found and not hasattr(self, n)]
        if missing:
            raise MissingInMergeArtifactsException(
                f"Step *{state.step}* specifies that [{', '.join(include)}] should be merged but [{', '.join(missing)}] are not present.\n"
                "To remedy this issue, make sure that the values specified in only come from at least one branch",
                missing,
            )
        for name, left in found.items():
            state.left.take(left, name)


def _target(state, function):
    name = getattr(getattr(function, "__func__", None), "__name__", None)
    if name is None or not getattr(function, "is_step", False):
        raise InvalidNextException(f"step {state.step!r} passes something to self.next() that is not a step of the flow; write self.next(self.name_of_a_step)")
    return name


class Inputs:
    """What a join gets: a flow object for each branch or element, in order, and by the name of the step that came last."""

    def __init__(self, flows):
        self.flows = list(flows)
        for f in self.flows:
            setattr(self, f._state().step, f)

    def __getitem__(self, i):
        return self.flows[i]

    def __iter__(self):
        return iter(self.flows)

    def __len__(self):
        return len(self.flows)


class Fixed:
    """A parameter, constant or configuration of a flow in a step: read, when it is asked for, from what the step before left."""

    def __init__(self, name, value, take):
        self.name, self.value, self.take = name, value, take

    def __get__(self, flow, _=None):
        state = flow.__dict__.get(_STATE) if flow is not None else None
        if state is None or self.name not in state.left:
            return self.value
        value = self.take(state.left.load(self.name, state.store))
        flow.__dict__[self.name] = value
        return value


def begin(cls, state, names):
    """A flow object for a step; names are those of its parameters, constants and configurations."""
    flow = object.__new__(cls)
    flow.__dict__[_STATE] = state
    state.fixed = set(names)
    return flow


def assigned(flow):
    """What a step has set or loaded, by name."""
    state = flow.__dict__[_STATE]
    return {k: v for k, v in flow.__dict__.items() if k != _STATE and k[:2] != "__" and k not in state.fixed}

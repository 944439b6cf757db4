"""Configurations in decorators, parameters and steps; decorators and mutators that the flow's author wrote."""
import os

from metaflow import Config, FlowMutator, FlowSpec, Parameter, StepMutator, config_expr, environment, retry, step, user_step_decorator


@user_step_decorator
def counted(step_name, flow, inputs, attributes):
    try:
        yield
    except ValueError as e:
        flow.swallowed = str(e)
    flow.steps = getattr(flow, "steps", []) + [step_name] * attributes.get("times", 1)


@user_step_decorator
def left_out(step_name, flow, inputs):
    flow.items = ["only"]
    yield {}


class Environment(StepMutator):
    def init(self, **values):
        self.values = values

    def mutate(self, mutable_step):
        mutable_step.add_decorator("environment", deco_kwargs={"vars": self.values})


class Added(FlowMutator):
    def init(self, name):
        self.name = name

    def pre_mutate(self, mutable_flow):
        default = dict(mutable_flow.configs)["settings"].added
        mutable_flow.add_parameter(self.name, Parameter(self.name, default=default))
        for name, s in mutable_flow.steps:
            if name == "end":
                s.add_decorator(retry, deco_kwargs={"times": 1})


@Added("added")
class ConfigFlow(FlowSpec):
    settings = Config("settings", default="settings.json")
    more = Config("more", default_value={"word": {"is": "quiet"}})
    text = Config("text", default_value="as it is", plain=True)
    alpha = Parameter("alpha", default=settings.alpha)
    loud = Parameter("loud", default=config_expr("more.word['is'].upper()"))

    @retry(times=settings.retries)
    @environment(vars={"FIRST": settings.env["SECOND"], **settings.env})
    @counted(times=2)
    @step
    def start(self):
        self.got = [self.settings.alpha, self.more["word"]["is"], self.text, self.alpha, self.loud, self.added]
        self.variables = [os.environ["FIRST"], os.environ["SECOND"]]
        self.next(self.fails)

    @Environment(Q="7")
    @counted
    @step
    def fails(self):
        self.q = os.environ["Q"]
        raise ValueError("gone on")
        self.next(self.each)

    @left_out
    @step
    def each(self):
        self.items = [1, 2]
        self.next(self.body, foreach="items")

    @step
    def body(self):
        self.element = self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.elements = [i.element for i in inputs]
        self.merge_artifacts(inputs, exclude=["element", "items"])
        self.next(self.end)

    @step
    def end(self):
        self.keys = list(self.settings)
        self.exact = [repr(self.settings.rate), str(self.settings.large)]


if __name__ == "__main__":
    ConfigFlow()

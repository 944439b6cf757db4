"""A foreach may go over nothing where the flow says so: its join has no inputs."""
from metaflow import FlowSpec, Parameter, step


class EmptyFlow(FlowSpec):
    empty_foreach = ["start", "inner"]
    rate = Parameter("rate", default=0.5)

    @step
    def start(self):
        self.items = []
        self.next(self.body, foreach="items")

    @step
    def body(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.seen, self.stack = len(inputs), len(self.foreach_stack())
        self.merge_artifacts(inputs)
        self.next(self.outer)

    @step
    def outer(self):
        self.groups = [0, 2]
        self.next(self.inner, foreach="groups")

    @step
    def inner(self):
        self.numbers = list(range(self.input))
        self.next(self.number, foreach="numbers")

    @step
    def number(self):
        self.next(self.numbers_join)

    @step
    def numbers_join(self, inputs):
        self.count, self.group, self.kept = len(inputs), self.index, self.rate
        self.next(self.groups_join)

    @step
    def groups_join(self, inputs):
        self.counts = [[i.group, i.count, i.kept] for i in inputs]
        self.next(self.end)

    @step
    def end(self):
        assert not hasattr(self, "items")


if __name__ == "__main__":
    EmptyFlow()

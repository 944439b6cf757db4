"""A foreach in a foreach: elements, indexes and the order of inputs; the outer one is over a list that is written out."""
from metaflow import FlowSpec, step


class ForeachFlow(FlowSpec):
    @step
    def start(self):
        self.next(self.outer, foreach=["p", "q"])

    @step
    def outer(self):
        self.letter = self.input
        self.counts = range(2)
        self.next(self.inner, foreach="counts")

    @step
    def inner(self):
        self.stack = [list(f) for f in self.foreach_stack()]
        self.at = f"{self.letter}{self.input}"
        self.next(self.inner_join)

    @step
    def inner_join(self, inputs):
        self.ats = [i.at for i in inputs]
        self.stacks = [i.stack for i in inputs]
        self.here = [self.index, self.input]
        self.next(self.outer_join)

    @step
    def outer_join(self, inputs):
        self.all = [a for i in inputs for a in i.ats]
        self.heres = [i.here for i in inputs]
        self.last = inputs[1].stacks[1]
        self.next(self.end)

    @step
    def end(self):
        self.outside = self.index is None and self.input is None


if __name__ == "__main__":
    ForeachFlow()

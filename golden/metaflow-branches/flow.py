"""Branches have artifacts of their own; the join reads them by name, in order, or merges what they agree on."""
from metaflow import FlowSpec, step


class BranchesFlow(FlowSpec):
    @step
    def start(self):
        self.common = 1
        self.next(self.a, self.b)

    @step
    def a(self):
        self.x = "a"
        self.same = [1]
        self.next(self.a_more)

    @step
    def a_more(self):
        self.only_a = self.x + self.x
        self.next(self.join)

    @step
    def b(self):
        self.x = "b"
        self.same = [1]
        self.next(self.join)

    @step
    def join(self, inputs):
        self.by_name = inputs.a_more.x + inputs.b.x
        self.in_order = [i.x for i in inputs]
        self.before = hasattr(self, "common")
        self.merge_artifacts(inputs, exclude=["x"])
        self.after = self.common
        self.next(self.end)

    @step
    def end(self):
        self.has_x = hasattr(self, "x")


if __name__ == "__main__":
    BranchesFlow()

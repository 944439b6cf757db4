"""A switch takes one of its cases, which meet again; a switch that leads to its own step repeats it."""
from metaflow import FlowSpec, step


class SwitchFlow(FlowSpec):
    @step
    def start(self):
        self.n = 0
        self.next(self.count)

    @step
    def count(self):
        self.n += 1
        self.enough = self.n >= 3
        self.next({False: self.count, True: self.choose}, condition="enough")

    @step
    def choose(self):
        self.way = "long"
        self.next({"long": self.first, "short": self.last, "none": self.end}, condition="way")

    @step
    def first(self):
        self.seen = ["first"]
        self.next(self.last)

    @step
    def last(self):
        self.seen.append("last")
        self.next(self.end)

    @step
    def end(self):
        self.seen.append("end")


if __name__ == "__main__":
    SwitchFlow()

"""What a step assigns to self, the steps after it have; parameters and constants are there and stay what they are."""
from metaflow import FlowSpec, JSONType, Parameter, current, step


class ArtifactsFlow(FlowSpec):
    alpha = Parameter("alpha", type=float, help="a number", default=0.1)
    version = Parameter("version", default="1.0")
    words = Parameter("words", separator=",", default="a,b")
    shape = Parameter("shape", type=JSONType, default='{"n": 1}')
    on = Parameter("on", type=bool, default=False)
    LIMIT = 3

    @step
    def start(self):
        self.text = "text"
        self.numbers = [1, 2.0]
        self.pair = (1, 2)
        self.next(self.middle)

    @step
    def middle(self):
        self.numbers.append(self.alpha)
        self.seen = [self.version, self.words, self.shape["n"], self.on, self.LIMIT, current.step_name]
        try:
            self.alpha = 2
        except AttributeError:
            self.fixed = True
        self.next(self.end)

    @step
    def end(self):
        self.total = sum(self.pair)


if __name__ == "__main__":
    ArtifactsFlow()

"""Lambdas, and a function of one's own."""

from runnable import Map, Pipeline, PythonTask, Stub
from steps import join, same


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="spread",
                iterate_on="numbers",
                iterate_as="n",
                branch=PythonTask(function=same, returns=["spread"]),
                reducer=lambda *x: {"low": min(x), "high": max(x), "mean": round(sum(x) / len(x), 2)},
            ),
            Map(
                name="backwards",
                iterate_on="numbers",
                iterate_as="n",
                branch=PythonTask(function=same, returns=["backwards"]),
                reducer=lambda *x: [abs(v) for v in reversed(x)],
            ),
            Map(
                name="difference",
                iterate_on="numbers",
                iterate_as="n",
                branch=PythonTask(function=same, returns=["difference"]),
                reducer=lambda a, b, c: a - b - c,
            ),
            Map(
                name="own",
                iterate_on="numbers",
                iterate_as="n",
                branch=PythonTask(function=same, returns=["own"]),
                reducer=join,
            ),
            Stub(name="end", needs=["spread", "backwards", "difference", "own"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

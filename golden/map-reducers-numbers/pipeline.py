"""Reducers by name, for numbers."""

from runnable import Map, Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="total",
                iterate_on="numbers",
                iterate_as="n",
                branch=ShellTask(name="same", command="export total=$n", returns=["total"]),
                reducer=sum,
            ),
            Map(
                name="largest",
                iterate_on="numbers",
                iterate_as="n",
                branch=ShellTask(name="same", command="export largest=$n", returns=["largest"]),
                reducer=max,
            ),
            Map(
                name="smallest",
                iterate_on="numbers",
                iterate_as="n",
                branch=ShellTask(name="same", command="export smallest=$n", returns=["smallest"]),
                reducer=min,
            ),
            Map(
                name="average",
                iterate_on="numbers",
                iterate_as="n",
                branch=ShellTask(name="same", command="export average=$n", returns=["average"]),
                reducer="mean",
            ),
            Map(
                name="number",
                iterate_on="numbers",
                iterate_as="n",
                branch=ShellTask(name="same", command="export number=$n", returns=["number"]),
                reducer=len,
            ),
            Stub(name="join", needs=["total", "largest", "smallest", "average", "number"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""Composites in a graph of needs: a map, then a join with a loop beside it."""

from runnable import Loop, Map, Pipeline, PythonTask, ShellTask
from steps import join, square


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="each",
                iterate_on="numbers",
                iterate_as="n",
                branch=PythonTask(function=square, returns=["total"]),
                reducer=sum,
            ),
            Loop(
                name="count",
                max_iterations=2,
                break_on="enough",
                index_as="k",
                branch=ShellTask(name="step", command="export last=$k", returns=["last"]),
            ),
            PythonTask(function=join, returns=["told"], needs=["each", "count"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""What a step returns is visible to all that follow, inside composites too."""

from runnable import Map, Parallel, Pipeline, PythonTask, ShellTask
from steps import sees


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(name="one", command="export x=1 y=1", returns=["x", "y"]),
            ShellTask(name="two", command="export x=$((x + 1))", returns=["x"]),
            Parallel(
                name="p",
                branches={
                    "deep": Map(
                        name="each",
                        iterate_on="list",
                        iterate_as="item",
                        branch=PythonTask(function=sees, returns=["seen"]),
                    ),
                    "wide": PythonTask(function=sees, returns=["also"]),
                },
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

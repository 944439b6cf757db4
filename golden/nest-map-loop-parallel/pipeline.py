"""map > loop > parallel."""

from runnable import Loop, Map, Parallel, Pipeline, PythonTask, ShellTask
from steps import add


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="each",
                iterate_on="starts",
                iterate_as="start",
                branch=Loop(
                    name="grow",
                    max_iterations=3,
                    break_on="grown",
                    index_as="k",
                    branch=Parallel(
                        name="sides",
                        branches={
                            "size": PythonTask(function=add, returns=["size", "grown"]),
                            "age": ShellTask(name="tick", command="export age=$((start * 10 + k))", returns=["age"]),
                        },
                    ),
                ),
                reducer=max,
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""No reducer: lists in item order. The item hides a parameter of its name and does not leak."""

from runnable import Map, Pipeline, PythonTask, ShellTask
from steps import measure


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="each",
                iterate_on="words",
                iterate_as="word",
                branch=[
                    PythonTask(function=measure, returns=["length", "upper"]),
                    ShellTask(name="shout", command='export shouted="$upper$mark"', returns=["shouted"]),
                ],
                parallelism=2,
            ),
            ShellTask(name="after", command='export outer="$word"', returns=["outer"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""Do-while: each iteration goes on from the scope after the one before; `done` ends it."""

from runnable import Loop, Pipeline, PythonTask, ShellTask, text
from steps import add


def main():
    pipeline = Pipeline(
        steps=[
            Loop(
                name="count",
                max_iterations=10,
                break_on="done",
                index_as="i",
                branch=[
                    PythonTask(function=add, returns=["total", "done"]),
                    ShellTask(name="mark", command='export trail="$trail$i"', returns=[text("trail")]),
                ],
            ),
            ShellTask(name="after", command='export outer="$i"', returns=["outer"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""An interpreter of a composite is that of its leaves, unless a leaf names its own."""

from runnable import Parallel, Pipeline, PythonTask, ShellTask, text
from steps import works


def main():
    told = ShellTask(name="told", command='export kind="$RUNNABLE_FAILURE_KIND"', returns=[text("kind")])
    pipeline = Pipeline(
        steps=[
            Parallel(
                name="both",
                python="python3",
                branches={
                    "theirs": PythonTask(name="version", function=works, returns=["works"]),
                    "own": PythonTask(name="nowhere", function=works, python="no-such-python", on_failure=told),
                },
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

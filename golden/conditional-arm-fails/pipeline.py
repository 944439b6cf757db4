"""The arm fails: the conditional fails. The value was computed by a step before."""

from runnable import Conditional, Pipeline, PythonTask, ShellTask, Stub
from steps import decide


def main():
    pipeline = Pipeline(
        steps=[
            PythonTask(function=decide, returns=["way"]),
            Conditional(
                name="choose",
                parameter="way",
                branches={"left": ShellTask(name="boom", command="exit 1"), "right": Stub(name="never")},
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

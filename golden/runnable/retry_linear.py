"""The second of three steps succeeds the second time; the first is kept."""

from functions import hello, passes_later
from runnable import Pipeline, PythonTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            PythonTask(name="first", function=hello),
            PythonTask(name="later", function=passes_later, returns=["said"]),
            Stub(name="third"),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

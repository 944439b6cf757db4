"""Of three items one fails; the others are kept."""

from functions import chunk_passes_later, hello
from runnable import Map, Pipeline, PythonTask


def main():
    branch = Pipeline(steps=[PythonTask(name="python", function=chunk_passes_later, returns=["by_python"])])
    pipeline = Pipeline(
        steps=[
            Map(name="each", branch=branch, iterate_on="chunks", iterate_as="chunk"),
            PythonTask(name="after", function=hello),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

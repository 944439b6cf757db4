"""The second step fails; the third is not reached."""

from functions import fails, hello
from runnable import Pipeline, PythonTask


def main():
    pipeline = Pipeline(
        steps=[
            PythonTask(name="first", function=hello),
            PythonTask(name="second", function=fails),
            PythonTask(name="third", function=hello),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

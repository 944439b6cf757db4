"""One Python function."""

from functions import hello
from runnable import Pipeline, PythonTask


def main():
    pipeline = Pipeline(steps=[PythonTask(name="hello", function=hello)])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

"""One step, which the second time succeeds."""

from functions import passes_later
from runnable import Pipeline, PythonTask


def main():
    pipeline = Pipeline(steps=[PythonTask(name="later", function=passes_later, returns=["said"])])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

"""The parameters of a run are those it began with; what was returned before the failure is still there."""

from functions import hears, passes_later, says_hi
from runnable import Pipeline, PythonTask


def main():
    pipeline = Pipeline(
        steps=[
            PythonTask(name="first", function=says_hi, returns=["word"]),
            PythonTask(name="later", function=passes_later, returns=["said"]),
            PythonTask(name="third", function=hears),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

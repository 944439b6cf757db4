"""Values, a model, an object and a metric go from function to function."""

from functions import consume, produce
from runnable import Pipeline, PythonTask, metric, pickled


def main():
    returns = ["number", "share", "title", "spot", pickled("table"), metric("score")]
    pipeline = Pipeline(steps=[PythonTask(name="produce", function=produce, returns=returns), PythonTask(name="consume", function=consume)])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

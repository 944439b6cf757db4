"""Two branches return one name: the last counts."""

from functions import left, right
from runnable import Parallel, Pipeline, PythonTask


def main():
    one = PythonTask(name="one", function=left, returns=["shared"]).as_pipeline()
    two = PythonTask(name="two", function=right, returns=["shared"]).as_pipeline()
    pipeline = Pipeline(steps=[Parallel(name="both", branches={"one": one, "two": two})])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

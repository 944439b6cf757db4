"""What the branches return is visible behind them."""

from functions import left, right, sees_all, third
from runnable import Parallel, Pipeline, PythonTask


def main():
    one = PythonTask(name="one", function=left, returns=["one"]).as_pipeline()
    two = PythonTask(name="two", function=right, returns=["two"]).as_pipeline()
    three = PythonTask(name="three", function=third, returns=["three"]).as_pipeline()
    pipeline = Pipeline(
        steps=[
            Parallel(name="all", branches={"one": one, "two": two, "three": three}),
            PythonTask(name="after", function=sees_all),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

"""Values go from a notebook to a function and to a notebook, an object to the function."""

from functions import consume
from runnable import NotebookTask, Pipeline, PythonTask, metric, pickled


def main():
    returns = ["number", "share", "title", "spot", pickled("table"), metric("score")]
    pipeline = Pipeline(
        steps=[
            NotebookTask(name="produce", notebook="produce.ipynb", returns=returns),
            PythonTask(name="consume", function=consume),
            NotebookTask(name="consume too", notebook="consume.ipynb"),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

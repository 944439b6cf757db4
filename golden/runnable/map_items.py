"""A function, a notebook and a script for each item; their results are lists."""

from functions import sees_chunk, sees_lists, tenfold
from runnable import Map, NotebookTask, Pipeline, PythonTask, ShellTask


def main():
    branch = Pipeline(
        steps=[
            PythonTask(name="python", function=tenfold, returns=["by_python"]),
            NotebookTask(name="notebook", notebook="tenfold.ipynb", returns=["by_notebook"]),
            ShellTask(name="shell", command="export by_shell=$((by_notebook * 10))", returns=["by_shell"]),
            PythonTask(name="look", function=sees_chunk),
        ]
    )
    pipeline = Pipeline(
        steps=[
            Map(name="each", branch=branch, iterate_on="chunks", iterate_as="chunk"),
            PythonTask(name="after", function=sees_lists),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

"""The same with a reducer."""

from functions import sees_chunk, sees_largest, tenfold
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
            Map(name="each", branch=branch, iterate_on="chunks", iterate_as="chunk", reducer="lambda *x: max(x)"),
            PythonTask(name="after", function=sees_largest),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

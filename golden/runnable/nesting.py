"""Branches in branches."""

from functions import hello
from runnable import NotebookTask, Parallel, Pipeline, PythonTask, ShellTask


def main():
    def inner():
        return Pipeline(
            steps=[
                PythonTask(name="python", function=hello),
                ShellTask(name="shell", command="echo hello"),
                NotebookTask(name="notebook", notebook="hello.ipynb"),
            ]
        )

    def middle():
        return Pipeline(steps=[Parallel(name="inner", branches={"a": inner(), "b": inner()})])

    pipeline = Pipeline(steps=[Parallel(name="outer", branches={"one": middle(), "two": middle()})])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

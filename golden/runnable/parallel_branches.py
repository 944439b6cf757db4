"""Two branches of every kind of task."""

from functions import hello
from runnable import NotebookTask, Parallel, Pipeline, PythonTask, ShellTask, Stub


def main():
    def branch():
        return Pipeline(
            steps=[
                Stub(name="stub"),
                PythonTask(name="python", function=hello),
                ShellTask(name="shell", command="echo hello"),
                NotebookTask(name="notebook", notebook="hello.ipynb"),
            ]
        )

    pipeline = Pipeline(steps=[Parallel(name="both", branches={"one": branch(), "two": branch()}), Stub(name="after")])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

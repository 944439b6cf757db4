"""One item fails, the others run to their end; then the run fails."""

from functions import tenfold_but_one
from runnable import Map, Pipeline, PythonTask, ShellTask, Stub


def main():
    branch = Pipeline(
        steps=[
            PythonTask(name="python", function=tenfold_but_one, returns=["by_python"]),
            ShellTask(name="shell", command="export by_shell=$((by_python * 10))", returns=["by_shell"]),
        ]
    )
    pipeline = Pipeline(steps=[Map(name="each", branch=branch, iterate_on="chunks", iterate_as="chunk"), Stub(name="after")])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

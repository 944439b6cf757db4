"""One branch fails, the other runs to its end; then the run fails."""

from functions import fails, hello
from runnable import Parallel, Pipeline, PythonTask, ShellTask, Stub


def main():
    good = Pipeline(steps=[PythonTask(name="python", function=hello), ShellTask(name="shell", command="echo hello")])
    bad = Pipeline(steps=[PythonTask(name="python", function=fails), ShellTask(name="shell", command="echo hello")])
    pipeline = Pipeline(steps=[Parallel(name="both", branches={"good": good, "bad": bad}), Stub(name="after")])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

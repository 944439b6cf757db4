"""The same where the last branch fails."""

from functions import hello, left, passes_later
from runnable import Parallel, Pipeline, PythonTask


def main():
    one = PythonTask(name="other", function=hello).as_pipeline()
    two = Pipeline(steps=[PythonTask(name="first", function=left, returns=["word"]), PythonTask(name="later", function=passes_later, returns=["said"])])
    pipeline = Pipeline(steps=[Parallel(name="both", branches={"one": one, "two": two}), PythonTask(name="after", function=hello)])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

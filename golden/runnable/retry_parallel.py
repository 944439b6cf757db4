"""Of two branches one fails; the other is kept."""

from functions import hello, left, passes_later
from runnable import Parallel, Pipeline, PythonTask


def main():
    one = Pipeline(steps=[PythonTask(name="first", function=left, returns=["word"]), PythonTask(name="later", function=passes_later, returns=["said"])])
    two = PythonTask(name="other", function=hello).as_pipeline()
    pipeline = Pipeline(steps=[Parallel(name="both", branches={"one": one, "two": two}), PythonTask(name="after", function=hello)])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

"""One task as a pipeline of its own."""

from functions import hello
from runnable import PythonTask


def main():
    pipeline = PythonTask(name="hello", function=hello).as_pipeline()
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

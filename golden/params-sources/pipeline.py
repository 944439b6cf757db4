"""Parameters: the file, over it the environment, over it the command line."""

from runnable import Pipeline, PythonTask
from steps import look


def main():
    pipeline = Pipeline(steps=[PythonTask(function=look, returns=["types"])])
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

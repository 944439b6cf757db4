"""One Python function, untouched."""

from runnable import Pipeline, PythonTask
from steps import add


def main():
    pipeline = Pipeline(steps=[PythonTask(function=add, returns=["total"])])
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

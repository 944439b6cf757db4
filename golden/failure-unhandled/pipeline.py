"""A failed step without a handler ends its graph in `fail`."""

from runnable import Pipeline, PythonTask, Stub
from steps import boom


def main():
    pipeline = Pipeline(steps=[Stub(name="before"), PythonTask(function=boom), Stub(name="after")])
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

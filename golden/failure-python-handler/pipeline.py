"""The same for a Python handler: the three variables are in its environment."""

from runnable import Pipeline, PythonTask
from steps import boom, mend


def main():
    pipeline = Pipeline(
        steps=[PythonTask(function=boom, on_failure=PythonTask(function=mend, returns=["step", "kind", "told"]))]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

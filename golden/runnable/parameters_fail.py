"""A step that saw all parameters fails; so does its handler see them."""

from functions import static_then_fails
from runnable import NotebookTask, Pipeline, PythonTask


def main():
    handler = NotebookTask(name="handler", notebook="static.ipynb", terminate_with_success=True).as_pipeline()
    pipeline = Pipeline(steps=[PythonTask(name="first", function=static_then_fails, on_failure=handler)])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

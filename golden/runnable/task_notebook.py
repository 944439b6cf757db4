"""One notebook; its executed form is in the catalog."""

from runnable import NotebookTask, Pipeline


def main():
    pipeline = Pipeline(steps=[NotebookTask(name="hello", notebook="hello.ipynb")])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

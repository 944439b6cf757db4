"""A stub, a function, a script and a notebook, one after the other."""

from functions import hello
from runnable import NotebookTask, Pipeline, PythonTask, ShellTask, Stub


def main():
    stub = Stub(name="hello stub")
    python = PythonTask(name="hello python", function=hello)
    shell = ShellTask(name="hello shell", command="echo hello")
    notebook = NotebookTask(name="hello notebook", notebook="hello.ipynb", terminate_with_success=True)
    pipeline = Pipeline(steps=[stub, python, shell, notebook])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

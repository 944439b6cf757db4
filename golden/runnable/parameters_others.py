"""The same parameters, as notebooks and scripts take them."""

from runnable import NotebookTask, Pipeline, ShellTask


def main():
    shell = """[ "$count" = 3 ] && [ "$ratio" = 0.5 ] && [ "$word" = hi ] && [ "$greeting" = "from env" ] &&
[ "$point" = '{"x": 1, "y": 2}' ] && [ "$chunks" = '[1, 2, 3]' ]
"""
    pipeline = Pipeline(steps=[NotebookTask(name="notebook", notebook="static.ipynb"), ShellTask(name="shell", command=shell)])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

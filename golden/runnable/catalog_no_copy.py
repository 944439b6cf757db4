"""Files are recorded and stay where they are."""

from functions import read_files, write_files
from runnable import Catalog, Pipeline, PythonTask, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            PythonTask(name="write", function=write_files, catalog=Catalog(put=["table.csv"], store_copy=False)),
            ShellTask(name="look", command="test -s table.csv"),
            PythonTask(name="read", function=read_files),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

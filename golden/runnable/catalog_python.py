"""Files are put, removed, and brought back for the step that reads them."""

from functions import read_files, remove_files, write_files
from runnable import Catalog, Pipeline, PythonTask


def main():
    pipeline = Pipeline(
        steps=[
            PythonTask(name="write", function=write_files, catalog=Catalog(put=["table.csv", "texts/*.txt"])),
            PythonTask(name="remove", function=remove_files),
            PythonTask(name="read", function=read_files, catalog=Catalog(get=["table.csv", "texts/*.txt"])),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

"""A job that puts files."""

from functions import write_files
from runnable import Catalog, PythonJob


def main():
    job = PythonJob(function=write_files, catalog=Catalog(put=["table.csv", "texts/*.txt"]))
    job.execute(parameters_file="parameters.yaml")
    return job


if __name__ == "__main__":
    main()

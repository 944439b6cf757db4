"""A notebook as a job."""

from runnable import NotebookJob


def main():
    job = NotebookJob(notebook="hello.ipynb")
    job.execute(parameters_file="parameters.yaml")
    return job


if __name__ == "__main__":
    main()

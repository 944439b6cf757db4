"""A notebook as a job of Runnable's."""

from runnable import NotebookJob


def main():
    job = NotebookJob(notebook="double.ipynb", returns=["doubled"])
    job.execute()
    return job


if __name__ == "__main__":
    main()

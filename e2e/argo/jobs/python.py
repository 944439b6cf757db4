"""A function as a job of Runnable's."""

from functions import double
from runnable import PythonJob


def main():
    job = PythonJob(function=double, returns=["doubled"])
    job.execute()
    return job


if __name__ == "__main__":
    main()

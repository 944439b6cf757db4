"""A function as a job."""

from functions import hello
from runnable import PythonJob


def main():
    job = PythonJob(function=hello)
    job.execute(parameters_file="parameters.yaml")
    return job


if __name__ == "__main__":
    main()

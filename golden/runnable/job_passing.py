"""A job that returns values, a model, an object and a metric."""

from functions import produce
from runnable import PythonJob, metric, pickled


def main():
    job = PythonJob(function=produce, returns=["number", "share", "title", "spot", pickled("table"), metric("score")])
    job.execute(parameters_file="parameters.yaml")
    return job


if __name__ == "__main__":
    main()

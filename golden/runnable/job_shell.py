"""A script as a job."""

from runnable import ShellJob


def main():
    job = ShellJob(command="echo hello")
    job.execute(parameters_file="parameters.yaml")
    return job


if __name__ == "__main__":
    main()

"""One script."""

from runnable import Pipeline, ShellTask


def main():
    pipeline = Pipeline(steps=[ShellTask(name="hello", command="echo hello")])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

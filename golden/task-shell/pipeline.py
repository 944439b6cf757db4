"""One shell script, one value."""

from runnable import Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[ShellTask(name="hello", command='export greeting="hello $(basename /bin/sh)"', returns=["greeting"])]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

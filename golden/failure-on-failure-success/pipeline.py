"""A failure that nobody minds."""

from runnable import Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[ShellTask(name="optional", command="exit 1", on_failure="success"), Stub(name="skipped")]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

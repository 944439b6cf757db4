"""Tidy up, and fail all the same."""

from runnable import Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(name="boom", command="exit 1", on_failure=Stub(name="tidy", terminate_with_failure=True)),
            Stub(name="never"),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

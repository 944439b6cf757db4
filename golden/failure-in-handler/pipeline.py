"""A handler may fail and have a handler of its own."""

from runnable import Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="boom",
                command="exit 1",
                on_failure=ShellTask(
                    name="first aid",
                    command="exit 2",
                    on_failure=ShellTask(
                        name="hospital", command='export patient="$RUNNABLE_FAILED_STEP"', returns=["patient"]
                    ),
                ),
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

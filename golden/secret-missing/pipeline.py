"""A secret that is not there fails the step; its handler runs."""

from runnable import Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="needs it",
                command="true",
                secrets=["NO_SUCH_SECRET_ANYWHERE"],
                on_failure=ShellTask(
                    name="mend", command='export saw="$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND"', returns=["saw"]
                ),
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

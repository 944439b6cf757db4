"""A branch that succeeds and then goes to `fail` fails."""

from runnable import Parallel, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Parallel(
                name="p",
                branches={
                    "good": ShellTask(name="work", command="export good=1", returns=["good"]),
                    "bad": ShellTask(
                        name="verdict",
                        command="export verdict=rejected",
                        returns=["verdict"],
                        terminate_with_failure=True,
                    ),
                },
                on_failure=ShellTask(
                    name="mend",
                    command='export saw="$RUNNABLE_FAILED_STEP ${good-none} ${verdict-none}"',
                    returns=["saw"],
                ),
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

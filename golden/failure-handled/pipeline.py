"""The handler sees the scope before the failed step, and what failed."""

from runnable import Pipeline, ShellTask, text


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(name="prepare", command="export x=1", returns=["x"]),
            ShellTask(
                name="boom",
                command="""export x=2
exit 3
""",
                returns=["x"],
                on_failure=ShellTask(
                    name="mend",
                    command="""[ -n "$RUNNABLE_FAILURE_MESSAGE" ] || exit 9
export saw="$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND x=$x"
""",
                    returns=[text("saw")],
                ),
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

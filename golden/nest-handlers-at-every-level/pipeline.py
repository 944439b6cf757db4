"""map > parallel > leaf, each with a handler: who saves depends on the item."""

from runnable import Map, Parallel, Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="each",
                iterate_on="saviours",
                iterate_as="saviour",
                branch=Parallel(
                    name="p",
                    branches={
                        "calm": Stub(name="work"),
                        "wild": ShellTask(
                            name="work",
                            command="exit 3",
                            on_failure=ShellTask(name="patch", command='[ "$saviour" = leaf ]'),
                        ),
                    },
                    on_failure=ShellTask(
                        name="rescue",
                        command="""echo "$RUNNABLE_FAILED_STEP"
[ "$saviour" = composite ]
""",
                    ),
                ),
                on_failure=ShellTask(name="final", command='export failed="$RUNNABLE_FAILED_STEP"', returns=["failed"]),
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

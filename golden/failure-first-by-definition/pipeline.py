"""Several fail: the first by definition order is named, then by item, whatever the clock says."""

from runnable import Map, Parallel, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Parallel(
                name="p",
                branches={
                    "slow": Map(
                        name="each",
                        iterate_on="items",
                        iterate_as="item",
                        branch=ShellTask(
                            name="check",
                            command="""[ "$item" != ok ] || exit 0
sleep "$item"
exit 1
""",
                        ),
                    ),
                    "quick": ShellTask(name="boom", command="exit 1"),
                },
                on_failure=ShellTask(name="tell", command='export failed="$RUNNABLE_FAILED_STEP"', returns=["failed"]),
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""A handler may be a composite: all inside it know what failed; what follows the handler does not."""

from runnable import Map, Parallel, Pipeline, ShellTask


def main():
    alarm = Parallel(
        name="alarm",
        branches={
            "mail": ShellTask(
                name="write",
                command='export mail="$RUNNABLE_FAILED_STEP is $RUNNABLE_FAILURE_KIND"',
                returns=["mail"],
            ),
            "page": Map(
                name="each",
                iterate_on="people",
                iterate_as="person",
                branch=ShellTask(
                    name="call",
                    command='export called="$person, $RUNNABLE_FAILED_STEP"',
                    returns=["called"],
                ),
            ),
        },
        next_node="after",
    )
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="boom",
                command="exit 1",
                on_failure=alarm,
            ),
            alarm,
            ShellTask(name="after", command='export later="${RUNNABLE_FAILED_STEP-nothing failed}"', returns=["later"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

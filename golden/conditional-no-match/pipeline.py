"""No branch, no default: the step fails and says which values it knows."""

from runnable import Conditional, Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            Conditional(
                name="toss",
                parameter="side",
                branches={"heads": Stub(name="never"), "tails": Stub(name="never")},
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

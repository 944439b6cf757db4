"""One branch fails: the other runs to its end, nothing merges, the composite's handler runs."""

from runnable import Parallel, Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            Parallel(
                name="p",
                branches={
                    "bad": [ShellTask(name="boom", command="exit 1"), Stub(name="never")],
                    "good": [ShellTask(name="one", command="export y=1", returns=["y"]), Stub(name="two")],
                },
                on_failure=ShellTask(
                    name="mend", command='export saw="$RUNNABLE_FAILED_STEP x=$x y=${y-none}"', returns=["saw"]
                ),
            ),
            Stub(name="skipped"),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""The same without a handler, one level deeper."""

from runnable import Parallel, Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            Parallel(
                name="outer",
                branches={
                    "a": [
                        Parallel(
                            name="inner",
                            branches={"bad": ShellTask(name="boom", command="exit 1"), "good": Stub(name="calm")},
                        ),
                        Stub(name="after"),
                    ],
                    "b": Stub(name="calm"),
                },
            ),
            Stub(name="end"),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""One at a time, and nothing new after the first failure."""

from runnable import Map, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="each",
                iterate_on="items",
                iterate_as="item",
                branch=ShellTask(name="work", command='[ "$item" != bad ]'),
                parallelism=1,
                fail_fast=True,
                on_failure=ShellTask(name="mend", command='export failed="$RUNNABLE_FAILED_STEP"', returns=["failed"]),
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""Branches inherit; what they changed merges in definition order, whatever the values are."""

from runnable import Parallel, Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            Parallel(
                name="p",
                branches={
                    "left": ShellTask(
                        name="work",
                        command='export shared=left mine="left of $seen" same=changed',
                        returns=["shared", "mine", "same"],
                    ),
                    "right": ShellTask(
                        name="work", command="export shared=right same=as-before", returns=["shared", "same"]
                    ),
                    "idle": Stub(name="work"),
                },
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

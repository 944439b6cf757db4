"""A branch that only inherited a name does not write it back over its sibling's."""

from runnable import Parallel, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Parallel(
                name="p",
                branches={
                    "writes": ShellTask(name="work", command="export x=new", returns=["x"]),
                    "reads": ShellTask(name="work", command='export copy="$x"', returns=["copy"]),
                },
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

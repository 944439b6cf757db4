"""parallel > map > conditional."""

from runnable import Conditional, Map, Parallel, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Parallel(
                name="p",
                branches={
                    "sort": Map(
                        name="each",
                        iterate_on="animals",
                        iterate_as="animal",
                        branch=Conditional(
                            name="which",
                            parameter="animal",
                            branches={
                                "cat": ShellTask(
                                    name="purr", command='export sound="purr in $house"', returns=["sound"]
                                )
                            },
                            default=ShellTask(name="shrug", command='export unknown="$animal"', returns=["unknown"]),
                        ),
                    ),
                    "other": ShellTask(name="work", command="export other=1", returns=["other"]),
                },
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

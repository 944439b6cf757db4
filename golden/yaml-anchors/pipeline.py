"""Anchors live in free top-level keys; merge keys fill in what is not said; one branch serves twice."""

from runnable import Parallel, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Parallel(
                name="p",
                branches={
                    "one": Pipeline(
                        steps=[ShellTask(name="tell", command="export told=one", returns=["told"])],
                        description="used by both branches",
                    ),
                    "two": Pipeline(
                        steps=[ShellTask(name="other", command="export mine=1", returns=["mine"])],
                        description="used by both branches",
                    ),
                },
            ),
            ShellTask(name="last", command="export told=last", returns=["told"]),
        ],
        name="with anchors",
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

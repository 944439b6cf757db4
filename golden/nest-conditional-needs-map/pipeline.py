"""conditional > a graph of needs > map."""

from runnable import Conditional, Map, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Conditional(
                name="which",
                parameter="mode",
                branches={
                    "graph": [
                        ShellTask(
                            name="join",
                            command='export joined="$lone $all"',
                            returns=["joined"],
                            needs=["each", "lone"],
                        ),
                        Map(
                            name="each",
                            iterate_on="numbers",
                            iterate_as="n",
                            branch=ShellTask(name="same", command="export all=$n", returns=["all"]),
                            reducer=lambda *x: sum(x),
                        ),
                        ShellTask(name="lone", command="export lone=1", returns=["lone"]),
                    ]
                },
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

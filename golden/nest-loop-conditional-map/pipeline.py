"""loop > conditional > map: the index chooses the arm."""

from runnable import Conditional, Loop, Map, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Loop(
                name="twice",
                max_iterations=2,
                break_on="never",
                index_as="round",
                branch=Conditional(
                    name="which",
                    parameter="round",
                    branches={
                        "0": ShellTask(name="warm up", command="export numbers='[3, 4]'", returns=["numbers"]),
                        "1": Map(
                            name="each",
                            iterate_on="numbers",
                            iterate_as="n",
                            branch=ShellTask(name="square", command="export squares=$((n * n))", returns=["squares"]),
                        ),
                    },
                ),
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""Reducers by name, for anything."""

from runnable import Map, Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="first",
                iterate_on="things",
                iterate_as="t",
                branch=ShellTask(name="same", command="export head=$t", returns=["head"]),
                reducer="first",
            ),
            Map(
                name="last",
                iterate_on="things",
                iterate_as="t",
                branch=ShellTask(name="same", command="export tail=$t", returns=["tail"]),
                reducer="last",
            ),
            Map(
                name="sorted",
                iterate_on="things",
                iterate_as="t",
                branch=ShellTask(name="same", command="export order=$t", returns=["order"]),
                reducer=sorted,
            ),
            Map(
                name="any",
                iterate_on="things",
                iterate_as="t",
                branch=ShellTask(
                    name="same", command="export some=$([ $t = fig ] && echo true || echo false)", returns=["some"]
                ),
                reducer=any,
            ),
            Map(
                name="all",
                iterate_on="things",
                iterate_as="t",
                branch=ShellTask(
                    name="same", command="export every=$([ $t = fig ] && echo true || echo false)", returns=["every"]
                ),
                reducer=all,
            ),
            Stub(name="join", needs=["first", "last", "sorted", "any", "all"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

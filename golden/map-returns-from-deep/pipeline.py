"""Every name that anything in the body can return becomes a list, also from composites inside."""

from runnable import Map, Parallel, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="each",
                iterate_on="items",
                iterate_as="item",
                branch=Parallel(
                    name="p",
                    branches={
                        "a": ShellTask(name="one", command='export a="$item-a"', returns=["a"]),
                        "b": Map(
                            name="inner",
                            iterate_on="pair",
                            iterate_as="side",
                            branch=ShellTask(name="two", command='export b="$item$side"', returns=["b"]),
                            reducer=lambda *x: "+".join(x),
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

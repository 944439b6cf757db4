"""No branch of that name: the default. What only other arms return keeps what it was, or stays absent."""

from runnable import Conditional, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Conditional(
                name="toss",
                parameter="side",
                branches={
                    "heads": ShellTask(
                        name="a", command="export kept=changed only_heads=1", returns=["kept", "only_heads"]
                    )
                },
                default=ShellTask(name="b", command='export edge="$side"', returns=["edge"]),
            ),
            ShellTask(name="after", command='export saw="$kept ${only_heads-absent} $edge"', returns=["saw"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

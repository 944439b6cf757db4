"""`mend` is no root: it runs when `a` failed, and b and d see its scope in a's place."""

from runnable import Pipeline, ShellTask, Stub


def main():
    mend = ShellTask(name="mend", command="export from=mend", returns=["from"])
    idle = Stub(name="idle")
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="a",
                command="export from=a; exit 1",
                returns=["from"],
                on_failure=mend,
            ),
            mend,
            ShellTask(name="b", command='export b="from $from"', returns=["b"], needs=["a"]),
            ShellTask(name="side", command="export side=1", returns=["side"], on_failure=idle),
            idle,
            ShellTask(name="d", command='export d="$b, $side"', returns=["d"], needs=["b", "side"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

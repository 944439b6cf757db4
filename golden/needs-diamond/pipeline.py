"""a, then b and c beside each other, then d."""

from runnable import Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(name="d", command='export d="$b+$c"', returns=["d"], needs=["b", "c"]),
            ShellTask(name="b", command='export b="b($a)"', returns=["b"], needs=["a"]),
            ShellTask(name="c", command='export c="c($a)"', returns=["c"], needs=["a"]),
            ShellTask(name="a", command="export a=a", returns=["a"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

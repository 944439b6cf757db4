"""The handler repairs and goes back to the main line."""

from runnable import Pipeline, ShellTask


def main():
    repair = ShellTask(
        name="repair",
        command='export value="repaired, was ${value-unset}"',
        returns=["value"],
        next_node="report",
    )
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="risky",
                command="export value=wrong; exit 4",
                returns=["value"],
                on_failure=repair,
            ),
            repair,
            ShellTask(name="report", command='export told="$value"', returns=["told"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""The branch whose name equals the value: strings, booleans, numbers; any names."""

from runnable import Conditional, Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            Conditional(
                name="by text",
                parameter="data_quality",
                branches={
                    "very good": ShellTask(name="work", command='export text="very good"', returns=["text"]),
                    "bad": Stub(name="never"),
                },
            ),
            Conditional(
                name="by flag",
                parameter="flag",
                branches={
                    "False": Stub(name="never"),
                    "True": ShellTask(name="work", command="export flagged=1", returns=["flagged"]),
                },
            ),
            Conditional(
                name="by lower flag",
                parameter="off",
                branches={
                    "true": Stub(name="never"),
                    "false": ShellTask(name="work", command="export lower=1", returns=["lower"]),
                },
            ),
            Conditional(
                name="by number",
                parameter="count",
                branches={
                    "4": Stub(name="never"),
                    "3": ShellTask(name="work", command="export number=1", returns=["number"]),
                },
            ),
            Conditional(
                name="by float",
                parameter="ratio",
                branches={"1": Stub(name="never")},
                default=ShellTask(name="work", command="export float=1", returns=["float"]),
            ),
            Conditional(
                name="by yes",
                parameter="answer",
                branches={
                    "no": Stub(name="never"),
                    "yes": ShellTask(name="work", command="export yes=1", returns=["yes"]),
                },
            ),
            Stub(name="join", needs=["by text", "by flag", "by lower flag", "by number", "by float", "by yes"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

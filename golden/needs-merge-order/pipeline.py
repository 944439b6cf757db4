"""What is written on one predecessor's path is newer than what another one inherited; else the order written counts."""

from runnable import Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(name="a", command="export x=a", returns=["x"]),
            ShellTask(name="b", command="export x=b w=b", returns=["x", "w"], needs=["a"]),
            ShellTask(name="c", command="export w=c", returns=["w"], needs=["a"]),
            ShellTask(name="b then c", command='export bc="x=$x w=$w"', returns=["bc"], needs=["b", "c"]),
            ShellTask(name="c then b", command='export cb="x=$x w=$w"', returns=["cb"], needs=["c", "b"]),
            ShellTask(name="a last", command='export al="x=$x w=$w"', returns=["al"], needs=["b", "a"]),
            ShellTask(
                name="end", command="export x=end w=end", returns=["x", "w"], needs=["b then c", "c then b", "a last"]
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

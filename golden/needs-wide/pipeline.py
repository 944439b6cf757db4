"""Five roots, one join, one that stands alone."""

from runnable import Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(name="r1", command="export n1=1", returns=["n1"]),
            ShellTask(name="r2", command="export n2=2", returns=["n2"]),
            ShellTask(name="r3", command="export n3=3", returns=["n3"]),
            ShellTask(name="r4", command="export n4=4", returns=["n4"]),
            ShellTask(name="r5", command="export n5=5", returns=["n5"]),
            ShellTask(
                name="sum",
                command="export sum=$((n1 + n2 + n3 + n4 + n5))",
                returns=["sum"],
                needs=["r1", "r2", "r3", "r4", "r5"],
            ),
            ShellTask(name="alone", command="export alone=true", returns=["alone"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

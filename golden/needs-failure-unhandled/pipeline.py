"""What is independent of the failure runs to its end; what needs it does not run; then the graph fails."""

from runnable import Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(name="boom", command="exit 2"),
            Stub(name="hurt", needs=["boom"]),
            Stub(name="hurt too", needs=["hurt", "fine"]),
            Stub(name="fine"),
            Stub(name="finer", needs=["fine"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""The script leaves a child behind that holds the log open; the time limit ends both."""

from runnable import Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="hangs",
                command="""sleep 300 &
sleep 300
""",
                timeout="1s",
                on_failure=Stub(name="go on"),
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""`on` says which failures are worth another try; `max_attempts` is Runnable's way to say it."""

from runnable import Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(name="wanted", command="exit 3", retry={"limit": 1, "on": ["3"]}, on_failure="success"),
            ShellTask(name="unwanted", command="exit 4", retry={"limit": 1, "on": ["3"]}, on_failure="success"),
            ShellTask(name="errors", command="exit 5", retry={"limit": 1, "on": ["error"]}, on_failure="success"),
            ShellTask(name="not late", command="exit 6", retry={"limit": 1, "on": ["timeout"]}, on_failure="success"),
            ShellTask(
                name="late",
                command="sleep 60",
                retry={"limit": 1, "on": ["timeout"]},
                timeout="1s",
                on_failure="success",
            ),
            ShellTask(name="max attempts", command="exit 1", retry=1, on_failure="success"),
            Stub(name="all", needs=["wanted", "unwanted", "errors", "not late", "late", "max attempts"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""The handler stands first in the list and is still neither the start nor anybody's next step."""

from runnable import Pipeline, ShellTask, Stub


def main():
    rescue, cleanup = Stub(name="rescue"), Stub(name="cleanup", next_node="third")
    pipeline = Pipeline(
        steps=[
            rescue,
            ShellTask(name="first", command="export trace=first", returns=["trace"], on_failure=rescue),
            ShellTask(name="second", command='export trace="$trace second"', returns=["trace"], on_failure=cleanup),
            cleanup,
            ShellTask(name="third", command='export trace="$trace third"', returns=["trace"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

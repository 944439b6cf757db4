"""Fails twice, then works."""

from runnable import Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="flaky",
                command="""export attempt="$RUNNABLE_STEP_ATTEMPT"
[ "$attempt" -ge 3 ]
""",
                returns=["attempt"],
                retry={"limit": 4, "backoff": {"duration": "1s", "factor": 1}},
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

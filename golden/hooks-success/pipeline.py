"""What is done when a run has succeeded; a hook that fails changes nothing about it."""

from runnable import Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[ShellTask(name="work", command="export x=1", returns=["x"])],
        on_success=[
            """grep -q '"status" *:.*"SUCCESS"' && test "$RUNNABLE_STATUS of $RUNNABLE_PIPELINE" = "SUCCESS of hooks-success\"""",
            {"command": 'test ${#API_TOKEN} = 21 && echo "the token is $API_TOKEN"', "secrets": ["API_TOKEN"]},
            'test -z "$API_TOKEN$RUNNABLE_FAILED_STEP$x"',
            "echo no; exit 3",
            {"command": "sleep 60", "timeout": "300ms"},
            {"webhook_from": "HOOK_URL"},
        ],
        on_failure="exit 1",
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

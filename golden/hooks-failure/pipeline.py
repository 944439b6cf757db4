"""What is done when a run has failed. The webhook cannot be reached."""

from runnable import Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[ShellTask(name="work", command="exit 3")],
        on_success="exit 1",
        on_failure=[
            """grep -q '"run_id"' && test "$RUNNABLE_STATUS $RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND" = "FAIL work error\"""",
            {"webhook": "http://127.0.0.1:9/hook", "timeout": "5s"},
        ],
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

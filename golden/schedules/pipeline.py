"""Schedules say when runs begin, and change nothing of what a run comes to."""

from runnable import Pipeline, ShellTask


def main():
    nightly = {"timezone": "Europe/Berlin", "starting_deadline": "10m"}
    often = {"when": "{{= cronworkflow.failed < 3 }}", "concurrency_policy": "replace", "suspend": True, "keep_succeeded": 0, "keep_failed": 10}
    pipeline = Pipeline(
        steps=[ShellTask(name="load", command="export loaded=3", returns=["loaded"])],
        schedule=[{"cron": "0 3 * * *", **nightly}, {"cron": "0 5 * * 6", **nightly}, {"cron": "@hourly", **often}, "30 4 1 * *"],
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

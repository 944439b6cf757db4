"""Events say what begins runs, and change nothing of what a run comes to."""

from runnable import Parameter, Pipeline, ShellTask, text


def main():
    pipeline = Pipeline(
        parameters={"version": Parameter(str, default="none"), "rows": Parameter(int, default=3)},
        events=[
            {"webhook": "/train", "parameters": {"version": "body.version", "rows": "body.data.rows"}},
            {"calendar": "0 3 * * *", "timezone": "Europe/Berlin", "parameters": {"version": "eventTime"}},
        ],
        steps=[ShellTask(name="load", command='export loaded="$rows of $version"', returns=[text("loaded")])],
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""A limit of runs that go on at a time changes nothing of what a run comes to."""

from runnable import Pipeline, ShellTask


def main():
    load = ShellTask(name="load", command="export loaded=3", returns=["loaded"])
    check = ShellTask(name="check", command="test $loaded = 3")
    pipeline = Pipeline(steps=[load, check], concurrency={"group": "golden-concurrency", "on_conflict": "wait"})
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

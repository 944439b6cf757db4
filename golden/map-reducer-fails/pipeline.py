"""Reducing is the map's last act: when it fails, the map fails, and its handler runs."""

from runnable import Map, Pipeline, PythonTask, ShellTask
from steps import same


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="each",
                iterate_on="items",
                iterate_as="item",
                branch=PythonTask(function=same, returns=["total"]),
                reducer=sum,
                on_failure=ShellTask(
                    name="mend", command='export saw="$RUNNABLE_FAILED_STEP ${total-none}"', returns=["saw"]
                ),
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

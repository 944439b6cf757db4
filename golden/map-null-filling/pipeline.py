"""An item that took another way returns other names: null in a plain list, left out by a reducer."""

from runnable import Map, Pipeline, PythonTask, ShellTask
from steps import keep


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="lists",
                iterate_on="numbers",
                iterate_as="n",
                branch=ShellTask(
                    name="pick",
                    command="""[ "$n" != 2 ] || exit 1
export got=$n
""",
                    returns=["got"],
                    on_failure=ShellTask(name="skip", command="export skipped=$n", returns=["skipped"]),
                ),
            ),
            PythonTask(function=keep, returns=["lists"]),
            Map(
                name="sums",
                iterate_on="numbers",
                iterate_as="n",
                branch=ShellTask(
                    name="pick",
                    command="""[ "$n" != 2 ] || exit 1
export got=$n
""",
                    returns=["got"],
                    on_failure=ShellTask(name="skip", command="export skipped=$n", returns=["skipped"]),
                ),
                reducer=sum,
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""The second iteration fails: the loop fails and nothing merges."""

from runnable import Loop, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Loop(
                name="climb",
                max_iterations=4,
                break_on="top",
                index_as="i",
                branch=ShellTask(
                    name="up",
                    command="""export height=$((height + 1))
[ "$i" -lt 1 ]
""",
                    returns=["height"],
                ),
                on_failure=ShellTask(
                    name="fall", command='export saw="$RUNNABLE_FAILED_STEP $height"', returns=["saw"]
                ),
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

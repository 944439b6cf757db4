"""One item fails: the others run to their end, the map fails, its handler runs, nothing merges."""

from runnable import Map, Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="each",
                iterate_on="files",
                iterate_as="file",
                branch=[
                    ShellTask(
                        name="load",
                        command="""[ "$file" != bad.csv ] || exit 1
export rows=10
""",
                        returns=["rows"],
                    ),
                    Stub(name="store"),
                ],
                on_failure=ShellTask(
                    name="mend", command='export saw="$RUNNABLE_FAILED_STEP ${rows-none} ${file-none}"', returns=["saw"]
                ),
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

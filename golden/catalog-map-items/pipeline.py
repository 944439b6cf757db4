"""Items that put one name are kept apart; afterwards `{item}/` says which is which."""

from runnable import Catalog, Map, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="each",
                iterate_on="words",
                iterate_as="word",
                branch=[
                    ShellTask(name="write", command='printf %s "$word" > out.txt', catalog=Catalog(put=["out.txt"])),
                    ShellTask(
                        name="read",
                        command="export own=$(cat out.txt)",
                        returns=["own"],
                        catalog=Catalog(get=["out.txt"]),
                    ),
                ],
            ),
            ShellTask(
                name="ambiguous",
                command="cat out.txt",
                catalog=Catalog(get=["out.txt"]),
                terminate_with_failure=True,
                on_failure=ShellTask(
                    name="apart",
                    command='export both="$(cat 0/out.txt)$(cat 1/out.txt)"',
                    returns=["both"],
                    catalog=Catalog(get=["{item}/out.txt"]),
                ),
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

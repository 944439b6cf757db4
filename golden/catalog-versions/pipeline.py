"""The newest version on the step's own path, not the newest by the clock."""

from runnable import Catalog, Parallel, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(name="first", command="echo first > note.txt", catalog=Catalog(put=["note.txt"])),
            Parallel(
                name="p",
                branches={
                    "rewrites": ShellTask(
                        name="write",
                        command="echo rewritten > note.txt; echo left > side.txt",
                        catalog=Catalog(put=["note.txt", "side.txt"]),
                    ),
                    "reads": [
                        ShellTask(name="wait", command="echo right > other.txt", catalog=Catalog(put=["other.txt"])),
                        ShellTask(
                            name="read",
                            command="export inside=$(cat note.txt)",
                            returns=["inside"],
                            catalog=Catalog(get=["note.txt"]),
                        ),
                    ],
                },
            ),
            ShellTask(
                name="last",
                command='export after="$(cat note.txt) $(cat side.txt) $(cat other.txt)"',
                returns=["after"],
                catalog=Catalog(get=["note.txt", "side.txt", "other.txt"]),
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

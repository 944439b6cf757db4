"""Each iteration gets the file that the one before it put."""

from runnable import Catalog, Loop, Pipeline, ShellTask, text


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(name="seed", command="printf '' > trail.txt", catalog=Catalog(put=["trail.txt"])),
            Loop(
                name="walk",
                max_iterations=3,
                break_on="never",
                index_as="i",
                branch=ShellTask(
                    name="step",
                    command='printf %s "$i" >> trail.txt',
                    catalog=Catalog(get=["trail.txt"], put=["trail.txt"]),
                ),
            ),
            ShellTask(
                name="read",
                command="export trail=$(cat trail.txt)",
                returns=[text("trail")],
                catalog=Catalog(get=["trail.txt"]),
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

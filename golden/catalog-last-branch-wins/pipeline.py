"""Two branches put one path: files merge as names do, the last branch in definition order wins."""

from runnable import Catalog, Parallel, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Parallel(
                name="p",
                branches={
                    "z first": ShellTask(
                        name="write", command="echo first > out.txt", catalog=Catalog(put=["out.txt"])
                    ),
                    "a last": ShellTask(name="write", command="echo last > out.txt", catalog=Catalog(put=["out.txt"])),
                },
            ),
            ShellTask(
                name="read", command="export got=$(cat out.txt)", returns=["got"], catalog=Catalog(get=["out.txt"])
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

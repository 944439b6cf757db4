"""Any step is silenced by calling it a stub: its other keys are ignored, its catalog is synced."""

from runnable import Catalog, Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            Stub(name="silenced"),
            Stub(name="keeper", catalog=Catalog(put=["seed.txt"])),
            ShellTask(
                name="reader",
                command="export seed=$(cat seed.txt)",
                returns=["seed"],
                catalog=Catalog(get=["seed.txt"]),
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

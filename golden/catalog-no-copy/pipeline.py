"""store_copy: false records the hash; a later get verifies the file where it is."""

from runnable import Catalog, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(name="record", command="true", catalog=Catalog(put=["big.dat"], store_copy=False)),
            ShellTask(
                name="verify",
                command="export content=$(cat big.dat)",
                returns=["content"],
                catalog=Catalog(get=["big.dat"]),
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

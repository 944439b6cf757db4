"""The recorded file changes behind the catalog's back: the get says so."""

from runnable import Catalog, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(name="record", command="true", catalog=Catalog(put=["big.dat"], store_copy=False)),
            ShellTask(name="change", command="echo changed > big.dat"),
            ShellTask(name="notice", command="cat big.dat", catalog=Catalog(get=["big.dat"]), on_failure="success"),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""Files go from step to step by the catalog alone."""

from runnable import Catalog, Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="write",
                command="""mkdir -p data/deep/er
echo 2 > two.txt
echo 3 > data/three.txt
echo 4 > data/deep/four.csv
echo 5 > data/deep/er/five.txt
""",
                catalog=Catalog(put=["two.txt", "data"]),
            ),
            ShellTask(
                name="read",
                command="export sum=$(($(cat two.txt) + $(cat data/three.txt) + $(cat data/deep/er/five.txt)))",
                returns=["sum"],
                catalog=Catalog(get=["**/*.txt"]),
            ),
            ShellTask(
                name="folder",
                command="export four=$(cat data/deep/four.csv)",
                returns=["four"],
                catalog=Catalog(get=["data/deep"], put=["data/deep/*.csv", "data/deep/four.*"]),
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""A map over rows, inside it a map over the row: lists of lists, and sums of sums."""

from runnable import Map, Pipeline, PythonTask, ShellTask
from steps import add


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="rows",
                iterate_on="matrix",
                iterate_as="row",
                branch=Map(
                    name="cells",
                    iterate_on="row",
                    iterate_as="cell",
                    branch=ShellTask(name="double", command="export doubled=$((cell * 2))", returns=["doubled"]),
                ),
            ),
            Map(
                name="total",
                iterate_on="doubled",
                iterate_as="part",
                branch=PythonTask(function=add, returns=["grand"]),
                reducer=sum,
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

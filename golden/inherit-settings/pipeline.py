"""env and resources of a composite are the defaults of its leaves; the nearest one wins, field by field."""

from runnable import Map, Parallel, Pipeline, PythonTask, ShellTask
from steps import inherited


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="each",
                iterate_on="items",
                iterate_as="item",
                branch=Parallel(
                    name="p",
                    branches={
                        "leaf": ShellTask(
                            name="own",
                            command='export own="$LEVEL $KEPT"',
                            returns=["own"],
                            env={"LEVEL": "leaf"},
                            resources={"memory": "96Mi"},
                        ),
                        "bare": PythonTask(function=inherited, returns=["inherited"]),
                    },
                    env={"LEVEL": "parallel"},
                ),
                env={"LEVEL": "map", "KEPT": "yes"},
                resources={"cpu": "50m", "memory": "64Mi"},
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

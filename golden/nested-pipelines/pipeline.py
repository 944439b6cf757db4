"""A pipeline in Python stands in one in YAML, twice side by side, and uses one in YAML itself."""

from runnable import Parallel, Pipeline, PipelineTask, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            Parallel(
                name="both",
                branches={
                    "left": PipelineTask(
                        name="scale",
                        definition="lib/scale.py",
                        inputs={"values": "rows", "factor": {"value": 2}},
                        returns=[{"name": "scaled", "as": "doubled"}],
                    ),
                    "right": PipelineTask(
                        definition="lib/scale.py",
                        inputs={"values": "rows"},
                        returns=[{"name": "scaled", "as": "by_default"}, "note"],
                    ),
                },
            ),
            ShellTask(
                name="look",
                command='export seen="$doubled $by_default $note factor=$factor label=$label scaled=${scaled-none} total=${total-none}"',
                returns=["seen"],
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

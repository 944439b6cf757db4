"""A failure inside a pipeline in YAML is handled inside, or fails the step and reaches its handler."""

from runnable import Pipeline, PipelineTask, ShellTask


def main():
    mend = ShellTask(
        name="mend",
        command='export saw="$RUNNABLE_FAILED_STEP $RUNNABLE_FAILURE_KIND limit=$limit made=${made-none}"',
        returns=["saw"],
        next_node="again",
    )
    pipeline = Pipeline(
        steps=[
            PipelineTask(name="risky", definition="risky.yaml", inputs=["limit"], returns=["made"], on_failure=mend, next_node="again"),
            mend,
            PipelineTask(name="again", definition="risky.yaml", inputs={"limit": {"value": 100}}, returns=["made"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

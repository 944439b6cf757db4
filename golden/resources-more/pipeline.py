"""Resources beside cpu, memory and gpu, and memory that grows after a failure of kind oom, change nothing of what a run comes to."""

from runnable import Conditional, Pipeline, ShellTask, text


def main():
    measure = ShellTask(name="measure", command="export size=small", returns=["size"])
    train = ShellTask(
        name="train",
        command='echo weights > /dev/shm/runnable-golden-$$ && export model="small $RUNNABLE_STEP_ATTEMPT" && rm /dev/shm/runnable-golden-$$',
        returns=[text("model")],
        resources={"cpu": "50m", "disk": "64Mi"},
        retry={"limit": 2, "on": ["oom"], "memory_factor": 1.5},
    )
    burn = ShellTask(
        name="burn",
        command="export model=large",
        returns=[text("model")],
        resources={"shm": "32Mi", "extended": {"example.com/fpga": 1}},
        targets={"compose": {"devices": ["/dev/null"]}, "slurm": {"gres": "fpga:1"}},
    )
    fit = Conditional(
        name="fit",
        parameter="size",
        branches={"small": train, "large": burn},
        resources={"memory": "64Mi", "shm": "16Mi"},
    )
    pipeline = Pipeline(steps=[measure, fit])
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

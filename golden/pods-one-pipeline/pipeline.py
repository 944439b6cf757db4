from runnable import Pipeline, ShellTask


def main():
    load = ShellTask(name="load", command="export rows=3", returns=["rows"], needs=[])
    left = ShellTask(name="left", command="export a=$((rows + 1))", returns=["a"], needs=["load"], resources={"memory": "1Gi"})
    mend = ShellTask(name="mend", command="export b=mended", returns=["b"])
    right = ShellTask(name="right", command="exit 1", needs=["load"], on_failure=mend, resources={"memory": "3Gi"})
    join = ShellTask(name="join", command='export c="$a $b"', returns=["c"], needs=["left", "right"])
    pipeline = Pipeline(steps=[load, left, right, mend, join], pods="one")
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""Scales values, each in a step of its own, and describes the result."""

from runnable import Map, Parameter, Pipeline, PipelineTask, PythonTask


def scale(value, factor):
    return value * factor


def add(scaled):
    return sum(scaled)


def main():
    pipeline = Pipeline(
        parameters={
            "values": Parameter(list, required=True),
            "factor": Parameter(int, default=10),
            "label": Parameter(str, default="inner"),
        },
        steps=[
            Map(name="each", iterate_on="values", iterate_as="value", branch=PythonTask(function=scale, returns=["scaled"])),
            PythonTask(function=add, returns=["total"]),
            PipelineTask(definition="describe.yaml", inputs=["total", "label"], returns=["note"]),
        ],
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

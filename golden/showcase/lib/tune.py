"""Doubles values, each in a step of its own, and leaves the choice to a pipeline in YAML."""

from runnable import Map, Parameter, Pipeline, PipelineTask, PythonTask


def double(value: int) -> int:
    return 2 * value


def main():
    doubled = Map(
        name="doubled",
        iterate_over="sorted(values)",
        iterate_as="value",
        reducer="max",
        branch=PythonTask(function=double, returns=["twice"]),
    )
    pipeline = Pipeline(
        parameters={"values": Parameter(list, required=True), "least": Parameter(int, default=30, minimum=0)},
        steps=[doubled, PipelineTask(definition="pick.yaml", inputs={"number": "twice", "least": "least"}, returns=["best"])],
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""Blanks and line ends around a reducer do not count: it is the Python function that it names, on every target."""

from steps import after, double, triple

from runnable import Map, Pipeline, PythonTask


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="each",
                iterate_on="sizes",
                iterate_as="size",
                reducer="steps.total\n",
                branch=PythonTask(name="double", function=double, returns=["doubled"]).as_pipeline(),
            ),
            Map(
                name="largest",
                iterate_on="sizes",
                iterate_as="size",
                reducer=" max ",
                branch=PythonTask(name="triple", function=triple, returns=["tripled"]).as_pipeline(),
            ),
            PythonTask(name="after", function=after, returns=["told"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

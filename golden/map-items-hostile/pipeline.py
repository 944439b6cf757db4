"""Items are data: quotes, tags of template languages, control characters, objects and large numbers come through."""

from runnable import Map, Pipeline, PythonTask, ShellTask, Stub, text
from steps import same


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="each",
                iterate_on="items",
                iterate_as="item",
                branch=[
                    PythonTask(name="in python", function=same, returns=["same"]),
                    ShellTask(
                        name="in shell", command='printf %s "$item" > "$RUNNABLE_RETURNS/text"', returns=[text("text")]
                    ),
                    Stub(name="end", needs=["in python", "in shell"]),
                ],
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""An image of a composite is the image of its leaves, unless a leaf names its own."""

from runnable import Parallel, Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            Parallel(
                name="p",
                branches={
                    "base": Stub(name="work"),
                    "own": ShellTask(
                        name="work", command="export ran=1", returns=["ran"], image="registry.example/own:2"
                    ),
                },
                image="registry.example/base:1",
                resources={"cpu": "100m", "gpu": "1"},
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

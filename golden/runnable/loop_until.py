"""A loop ends when its body says so."""

from functions import again, begin
from runnable import Loop, Pipeline, PythonTask


def main():
    body = PythonTask(name="again", function=again, returns=["counter", "enough"]).as_pipeline()
    pipeline = Pipeline(
        steps=[
            PythonTask(name="begin", function=begin, returns=["counter", "enough"]),
            Loop(name="loop", branch=body, max_iterations=10, break_on="enough", index_as="i"),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

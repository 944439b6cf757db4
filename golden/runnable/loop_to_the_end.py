"""A loop ends after its last iteration."""

from functions import begin, judge, never
from runnable import Loop, Pipeline, PythonTask


def main():
    body = PythonTask(name="again", function=never, returns=["counter", "enough"]).as_pipeline()
    pipeline = Pipeline(
        steps=[
            PythonTask(name="begin", function=begin, returns=["counter", "enough"]),
            Loop(name="loop", branch=body, max_iterations=3, break_on="enough", index_as="i"),
            PythonTask(name="judge", function=judge, returns=["used_up"]),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

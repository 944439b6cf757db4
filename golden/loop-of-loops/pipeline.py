"""The inner loop's break does not end the outer one; both indexes are visible inside."""

from runnable import Loop, Pipeline, PythonTask
from steps import visit


def main():
    pipeline = Pipeline(
        steps=[
            Loop(
                name="outer",
                max_iterations=2,
                break_on="never",
                index_as="row",
                branch=Loop(
                    name="inner",
                    max_iterations=3,
                    break_on="enough",
                    index_as="col",
                    branch=PythonTask(function=visit, returns=["seen", "enough"]),
                ),
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

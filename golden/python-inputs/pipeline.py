"""`inputs` binds names that do not match, so functions stay as they are."""

from runnable import Pipeline, PythonTask, ShellTask, json
from steps import best


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="one", command='export first_result=\'{"name":"forest","score":0.8}\'', returns=["first_result"]
            ),
            ShellTask(
                name="two", command='export second_result=\'{"name":"boost","score":0.9}\'', returns=["second_result"]
            ),
            PythonTask(
                function=best,
                inputs={
                    "results": ["one_more", "first_result", "second_result"],
                    "label": "title",
                    "digits": {"value": 1},
                    "options": {"value": {"deep": [1, "x"]}},
                },
                returns=[json("winner", key="name"), json("told", key="told")],
                needs=["one", "two"],
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

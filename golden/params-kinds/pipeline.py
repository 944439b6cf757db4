"""json, text and metric."""

from runnable import Pipeline, PythonTask, ShellTask, metric, text
from steps import types


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="make",
                command="""export number=5 digits=5 score=0.75
export list='["a", {"b": 1.0}]' raw='["a"]'
""",
                returns=["number", text("digits"), "list", text("raw"), metric("score")],
            ),
            PythonTask(function=types, returns=["types", metric("loss")]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""Declared parameters are read by their types."""

from runnable import Parameter, Pipeline, PythonTask
from steps import look


def main():
    pipeline = Pipeline(
        parameters={
            "version": Parameter(str, required=True, help="The release to train."),
            "rate": Parameter(float, default=1, minimum=0, maximum=1),
            "rounds": {"type": "int", "default": 3, "minimum": 1},
            "fast": Parameter(default=False),
            "mode": Parameter(str, default="exact", choices=["exact", "fast"], help="How to train."),
            "columns": Parameter(list, default=["a", "b"]),
            "options": Parameter(dict, default={}),
            "note": str,
            "query": Parameter("file", default="query.sql"),
        },
        steps=[PythonTask(function=look, returns=["seen"])],
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""Each way in which a call goes wrong is a failure of that step, which names the cause."""

from runnable import Pipeline, PythonTask, Stub
from steps import a_list, cast, mapping, not_finite, three, wants


def main():
    pipeline = Pipeline(
        steps=[
            PythonTask(name="missing argument", function=wants, on_failure="success"),
            PythonTask(name="wrong count", function=three, returns=["three_a", "three_b"], on_failure="success"),
            PythonTask(name="a list", function=a_list, returns=["list_a", "list_b"], on_failure="success"),
            PythonTask(name="missing key", function=mapping, returns=["a", "b"], on_failure="success"),
            PythonTask(name="bad cast", function=cast, on_failure="success"),
            PythonTask(name="no module", function="no_such_module.function", on_failure="success"),
            PythonTask(name="no function", function="steps.no_such_function", on_failure="success"),
            PythonTask(name="not finite", function=not_finite, returns=["nan"], on_failure="success"),
            Stub(
                name="end",
                needs=[
                    "missing argument",
                    "wrong count",
                    "a list",
                    "missing key",
                    "bad cast",
                    "no module",
                    "no function",
                    "not finite",
                ],
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""The parameters of the file and of the environment, as functions take them."""

from functions import static, static_namespace, static_rest
from runnable import Pipeline, PythonTask


def main():
    pipeline = Pipeline(
        steps=[
            PythonTask(name="by name", function=static),
            PythonTask(name="as a namespace", function=static_namespace),
            PythonTask(name="as keywords", function=static_rest),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

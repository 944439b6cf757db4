"""A failure is handled, and the run fails all the same."""

from functions import fails, hello
from runnable import Pipeline, PythonTask, Stub


def main():
    handler = PythonTask(name="handler", function=hello, terminate_with_failure=True).as_pipeline()
    pipeline = Pipeline(
        steps=[PythonTask(name="first", function=fails, on_failure=handler), Stub(name="second"), Stub(name="third")]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

"""The branch that a value names runs, and the other does not."""

from functions import hello, toss
from runnable import Conditional, Pipeline, PythonTask, Stub


def main():
    heads = PythonTask(name="on heads", function=hello).as_pipeline()
    tails = PythonTask(name="on tails", function=hello).as_pipeline()
    pipeline = Pipeline(
        steps=[
            PythonTask(name="toss", function=toss, returns=["side"]),
            Conditional(name="which", parameter="side", branches={"heads": heads, "tails": tails}),
            Stub(name="after"),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

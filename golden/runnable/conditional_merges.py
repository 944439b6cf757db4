"""What the branch returns is visible behind the conditional."""

from functions import says_heads, says_tails, toss
from runnable import Conditional, Pipeline, PythonTask, Stub


def main():
    heads = PythonTask(name="says heads", function=says_heads, returns=["said"]).as_pipeline()
    tails = PythonTask(name="says tails", function=says_tails, returns=["said"]).as_pipeline()
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

"""Values go from a script to a function and to a script."""

from functions import consume_plain
from runnable import Pipeline, PythonTask, ShellTask, metric


def main():
    produce = """export number=7
export share=2.5
export title=new
export spot='{"x": 3, "y": 4}'
export score=0.9
"""
    consume = """[ "$number" = 7 ] && [ "$share" = 2.5 ] && [ "$title" = new ] && [ "$spot" = '{"x": 3, "y": 4}' ] && [ "$score" = 0.9 ]
"""
    pipeline = Pipeline(
        steps=[
            ShellTask(name="produce", command=produce, returns=["number", "share", "title", "spot", metric("score")]),
            PythonTask(name="consume", function=consume_plain),
            ShellTask(name="consume too", command=consume),
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

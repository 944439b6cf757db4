"""One name takes the whole value; several take a tuple or a mapping; a key takes one entry."""

from runnable import Pipeline, PythonTask, Stub, json
from steps import mapping, none, pair


def main():
    pipeline = Pipeline(
        steps=[
            PythonTask(name="whole", function=pair, returns=["whole"]),
            PythonTask(function=pair, returns=["left", "right"]),
            PythonTask(function=mapping, returns=["p", "q"]),
            PythonTask(name="keyed", function=mapping, returns=[json("best", key="p")]),
            PythonTask(function=none, returns=["none"]),
            PythonTask(name="unnamed", function=pair),
            Stub(name="end", needs=["whole", "pair", "mapping", "keyed", "none", "unnamed"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

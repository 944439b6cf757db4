"""Values that are no JSON travel pickled, also out of a map."""

from runnable import Map, Pipeline, PythonTask, pickled
from steps import fit, judge, train


def main():
    pipeline = Pipeline(
        steps=[
            PythonTask(function=train, returns=[pickled("model")]),
            Map(
                name="each",
                iterate_on="weights",
                iterate_as="weight",
                branch=PythonTask(function=fit, returns=[pickled("fitted")]),
            ),
            PythonTask(function=judge, returns=["verdict"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

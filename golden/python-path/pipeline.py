"""The definition puts folders of its own on Python's path; its steps and reducers find what it finds."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))  # before measure.py beside this file
sys.path.append(os.path.join(HERE, "last"))  # after Python's own modules

from late import colours
from measure import width
from runnable import Map, Pipeline, PythonTask


def own():
    return "own"


def main():
    inner = PythonTask(name="width", function=width, returns=["wide"]).as_pipeline()
    pipeline = Pipeline(
        steps=[
            Map(name="words", iterate_on="texts", iterate_as="text", branch=inner, reducer="measure.widest"),
            PythonTask(function=colours, returns=["library"]),
            PythonTask(function=own, returns=["here"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

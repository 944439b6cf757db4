"""Arguments by name, cast by annotation; the function knows nothing of the pipeline."""

from runnable import Map, Pipeline, PythonTask, Stub
from steps import casts, item, namespace, optional, rest


def main():
    pipeline = Pipeline(
        steps=[
            PythonTask(function=casts, returns=["casts"]),
            PythonTask(function=optional, returns=["optional"]),
            PythonTask(function=rest, returns=["rest"]),
            PythonTask(function=namespace, returns=["namespace"]),
            Map(name="each", iterate_on="tags", iterate_as="tag", branch=PythonTask(function=item, returns=["item"])),
            Stub(name="end", needs=["casts", "optional", "rest", "namespace", "each"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

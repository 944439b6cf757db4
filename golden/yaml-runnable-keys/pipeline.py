"""Every key that Runnable's definitions may hold, so that they move over unchanged."""

from runnable import Catalog, Conditional, Loop, Map, Parallel, Pipeline, PythonTask, Stub, metric
from steps import work


def main():
    pipeline = Pipeline(
        steps=[
            PythonTask(
                name="task",
                function=work,
                returns=["value", metric("score")],
                catalog=Catalog(),
                overrides={"local-container": "big"},
            ),
            Stub(name="stub", catalog=Catalog()),
            Parallel(name="p", branches={"only": Pipeline(steps=[Stub(name="s")], description="one")}),
            Map(name="m", iterate_on="items", iterate_as="item", branch=Stub(name="s")),
            Conditional(name="c", parameter="side", branches={"heads": Stub(name="s")}),
            Loop(name="l", max_iterations=1, break_on="done", index_as="i", branch=Stub(name="s")),
        ],
        description="all of Runnable's keys",
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""Expressions choose a branch, make a list and end a loop."""

from runnable import Conditional, Loop, Map, Pipeline, ShellTask, Stub


def main():
    told = ShellTask(name="told", command='echo "$RUNNABLE_FAILURE_KIND $RUNNABLE_FAILURE_MESSAGE"', next_node="no truth")
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="begin",
                command="""export n=3 total=0 files='["a", "b", "c"]' skip=b""",
                returns=["n", "total", "files", "skip"],
            ),
            Map(
                name="numbers",
                iterate_over="range(n)",
                iterate_as="i",
                branch=ShellTask(name="square", command="export square=$((i * i))", returns=["square"]),
            ),
            Map(
                name="others",
                iterate_over="[f for f in files if f != skip]",
                iterate_as="file",
                branch=ShellTask(name="name", command="export seen=$file", returns=["seen"]),
            ),
            Loop(
                name="add up",
                max_iterations=9,
                break_when="total >= sum(square)",
                index_as="k",
                branch=ShellTask(name="add", command="export total=$((total + 2))", returns=["total"]),
            ),
            Conditional(
                name="enough",
                expression="total > 5\nand len(seen) == 2\n",
                branches={"true": Stub(name="good"), "false": Stub(name="bad")},
            ),
            Conditional(name="wrong", expression="total > skip", branches={"true": Stub(name="never")}, on_failure=told, next_node="no truth"),
            told,
            Loop(name="no truth", max_iterations=3, break_when="total + k", index_as="k", branch=Stub(name="once")),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""Nothing to go over: nothing runs, every reducer has its answer to nothing."""

from runnable import Map, Pipeline, ShellTask
from steps import never


def main():
    pipeline = Pipeline(
        steps=[
            Map(
                name="plain",
                iterate_on="nothing",
                iterate_as="n",
                branch=ShellTask(name="work", command="exit 1", returns=["plain"]),
            ),
            Map(
                name="sum",
                iterate_on="nothing",
                iterate_as="n",
                branch=ShellTask(name="work", command="exit 1", returns=["sum"]),
                reducer=sum,
            ),
            Map(
                name="len",
                iterate_on="nothing",
                iterate_as="n",
                branch=ShellTask(name="work", command="exit 1", returns=["len"]),
                reducer=len,
            ),
            Map(
                name="any",
                iterate_on="nothing",
                iterate_as="n",
                branch=ShellTask(name="work", command="exit 1", returns=["any"]),
                reducer=any,
            ),
            Map(
                name="all",
                iterate_on="nothing",
                iterate_as="n",
                branch=ShellTask(name="work", command="exit 1", returns=["all"]),
                reducer=all,
            ),
            Map(
                name="max",
                iterate_on="nothing",
                iterate_as="n",
                branch=ShellTask(name="work", command="exit 1", returns=["max"]),
                reducer=max,
            ),
            Map(
                name="mean",
                iterate_on="nothing",
                iterate_as="n",
                branch=ShellTask(name="work", command="exit 1", returns=["mean"]),
                reducer="mean",
            ),
            Map(
                name="first",
                iterate_on="nothing",
                iterate_as="n",
                branch=ShellTask(name="work", command="exit 1", returns=["first"]),
                reducer="first",
            ),
            Map(
                name="sorted",
                iterate_on="nothing",
                iterate_as="n",
                branch=ShellTask(name="work", command="exit 1", returns=["sorted"]),
                reducer=sorted,
            ),
            Map(
                name="lambda",
                iterate_on="nothing",
                iterate_as="n",
                branch=ShellTask(name="work", command="exit 1", returns=["lambda"]),
                reducer=lambda *x: x[0],
            ),
            Map(
                name="dotted",
                iterate_on="nothing",
                iterate_as="n",
                branch=ShellTask(name="work", command="exit 1", returns=["dotted"]),
                reducer=never,
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""Only JSON true breaks: the string "True" and 1 do not. After max_iterations the loop succeeds."""

from runnable import Loop, Pipeline, ShellTask, Stub


def main():
    pipeline = Pipeline(
        steps=[
            Loop(
                name="words",
                max_iterations=2,
                break_on="stop",
                index_as="i",
                branch=ShellTask(name="work", command="export stop=True last=$i", returns=["stop", "last"]),
            ),
            Loop(name="absent", max_iterations=1, break_on="never_set", index_as="i", branch=Stub(name="work")),
            Loop(name="already", max_iterations=5, break_on="ready", index_as="i", branch=Stub(name="work")),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

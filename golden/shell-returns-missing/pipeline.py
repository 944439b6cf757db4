"""A variable that is set but not exported is not returned: the step fails and says so."""

from runnable import Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="forgets",
                command="""unexported=5
export exported=6
""",
                returns=["exported", "unexported"],
            )
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""A secret is in the task's environment, and nowhere else."""

from runnable import Pipeline, PythonTask, ShellTask
from steps import check


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="shell",
                command="""echo "the token is $API_TOKEN"
export length=${#API_TOKEN} hash="$(printf %s "$API_TOKEN" | sha256sum | cut -c1-24)"
""",
                returns=["length", "hash"],
                secrets=["API_TOKEN"],
            ),
            PythonTask(name="python", function=check, returns=["same"], secrets=["API_TOKEN"]),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

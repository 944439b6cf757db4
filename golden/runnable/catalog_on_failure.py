"""What a failed step has written is kept; its handler gets it."""

from runnable import Catalog, Pipeline, ShellTask, Stub


def main():
    handler = Stub(name="handler", catalog=Catalog(get=["table.csv"]), terminate_with_success=True).as_pipeline()
    pipeline = Pipeline(
        steps=[
            ShellTask(name="first", command="echo a >table.csv && exit 1", catalog=Catalog(put=["*.csv"]), on_failure=handler)
        ]
    )
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

"""Nothing leads to `island`: a warning, and it does not run."""

from runnable import Pipeline, Stub


def main():
    pipeline = Pipeline(steps=[Stub(name="shore", terminate_with_success=True), Stub(name="island")])
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

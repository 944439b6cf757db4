"""RUNNABLE_PARAMETERS_FILE replaces the file given on the command line."""

from runnable import Pipeline, Stub


def main():
    pipeline = Pipeline(steps=[Stub(name="look")])
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

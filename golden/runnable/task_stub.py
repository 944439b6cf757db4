"""Three stubs; what a stub does not know is ignored."""

from runnable import Pipeline, Stub


def main():
    pipeline = Pipeline(steps=[Stub(name="one"), Stub(name="two", what=["is", "this"]), Stub(name="three")])
    pipeline.execute(parameters_file="parameters.yaml")
    return pipeline


if __name__ == "__main__":
    main()

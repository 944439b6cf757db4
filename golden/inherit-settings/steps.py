import os


def inherited():
    return os.environ["LEVEL"] + " " + os.environ["KEPT"]

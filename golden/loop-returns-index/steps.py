import os


def double(i: int):
    assert os.environ["i"] == str(i)
    return 2 * i

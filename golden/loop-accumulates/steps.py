import os


def add(total, i):
    assert os.environ["i"] == str(i)
    return total + 10, total + 10 >= 30

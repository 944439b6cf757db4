from helper import times


def square(n: int):
    return times(n, n)

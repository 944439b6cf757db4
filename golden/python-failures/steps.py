def wants(needed):
    return needed


def three():
    return 1, 2, 3


def a_list():
    return [1, 2]


def mapping():
    return {"a": 1}


def cast(word: int):
    return word


def not_finite():
    return float("nan")

def pair():
    return 1, [2, 3]


def mapping():
    return {"p": 1.0, "q": "two", "r": None}


def none():
    return None

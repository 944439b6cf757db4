def double(n: int):
    return 2 * n

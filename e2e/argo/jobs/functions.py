def double(n: int) -> int:
    print("doubling", n)
    return 2 * n

def big():
    return "x" * 100_000

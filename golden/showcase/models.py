def fit(rate: int) -> int:
    return 10 * rate

"""Plain functions: no decorators, nothing to import."""


def comfortable() -> float:
    return 72.0


def fahrenheit(celsius: float) -> float:
    return round(celsius * 9 / 5 + 32, 1)


def judge(hottest: float, threshold: float):
    margin = round(hottest - threshold, 1)
    return ("beach" if margin >= 0 else "home"), margin

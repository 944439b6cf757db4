def double(size: int) -> int:
    return 2 * size


def triple(size: int) -> int:
    return 3 * size


def total(*values: int) -> int:
    return sum(values)


def after(doubled: int, tripled: int) -> str:
    return f"{doubled} and {tripled}"

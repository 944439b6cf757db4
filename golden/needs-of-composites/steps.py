def square(n):
    return n * n


def join(total, last):
    return f"{total} and {last}"

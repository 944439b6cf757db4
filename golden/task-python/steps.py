def add(left, right=10):
    return left + right

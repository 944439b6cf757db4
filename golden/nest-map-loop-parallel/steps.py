def add(start, k, size=0):
    size = (size or start) + 1
    return size, size >= 4

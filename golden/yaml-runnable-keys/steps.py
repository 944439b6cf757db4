def work():
    return 1, 2

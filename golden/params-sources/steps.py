def look(one, thousand, octal, decimal, day, word):
    return [type(v).__name__ for v in (one, thousand, octal, decimal, day, word)]

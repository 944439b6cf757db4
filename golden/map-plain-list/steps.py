def measure(word):
    return len(word), word.upper()

def width(text):
    return len(text)


def widest(*values):
    return max(values)

def sees(x, y, given, item=None):
    return [given, x, y, item]

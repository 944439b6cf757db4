import colorsys


def colours():
    return hasattr(colorsys, "rgb_to_hsv")

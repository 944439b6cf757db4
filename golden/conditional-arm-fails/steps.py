def decide():
    return "left"

def show(depth, name, options):
    return [depth, name, options]

def visit(seen, row, col):
    return seen + [[row, col]], col >= row

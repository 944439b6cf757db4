def look(version, rate, rounds, fast, mode, columns, options, note, query):
    values = (version, rate, rounds, fast, mode, columns, options, note, query)
    return " ".join(type(v).__name__ for v in values)

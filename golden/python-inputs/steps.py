def best(results, label, digits, options, suffix="!"):
    winner = max(results, key=lambda r: r["score"])
    return {"name": winner["name"], "told": [label, len(results), round(winner["score"], digits), options, suffix]}

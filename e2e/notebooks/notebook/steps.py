import json


def numbers():
    with open("numbers.csv", "w") as f:
        f.write("1\n2\n3\n")
    return 10, "Numbers"


def uses(total: int, heading: str, table, quality: float):
    with open("summary.txt") as f:
        return [total, heading, sorted(table), quality, f.read()]


def looks():
    """What the executed notebook of the step that failed holds: the outputs of its cells, to the one that failed."""
    with open("notebooks/broken-broken_out.ipynb") as f:
        cells = json.load(f)["cells"]
    seen = []
    for cell in cells:
        for out in cell.get("outputs", []):
            seen.append(out["ename"] if out["output_type"] == "error" else "".join(out.get("text", [])).strip())
    return [s for s in seen if s]

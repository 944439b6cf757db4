"""The page: tables in Markdown."""
import dataclasses
import datetime


@dataclasses.dataclass
class Table:
    columns: list
    rows: list


@dataclasses.dataclass
class Target:
    what: str
    measured: float
    limit: float
    unit: str


@dataclasses.dataclass
class Section:
    title: str
    text: str
    tables: list
    targets: list


def head(machine, versions):
    """What stands before the tables."""
    listed = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"Measured {datetime.date.today()} on {machine}. Versions: {listed}."


INTRODUCTION = """\
# Performance

What steps and runs cost, compared with similar tools. `bench/run -o docs/performance.md` writes this page; it measures all
tools in turn on one machine. CPU is user and system time of the command and all its children; CPU ms/step is the CPU time per
step beyond start-up, the cost of the same pipeline with one step. "of ours" is the ratio to this tool. Memory is the peak of the
largest process. Numbers are medians of five unless a section says otherwise.
"""


def page(head, sections):
    parts = [INTRODUCTION, head]
    targets = [t for s in sections for t in s.targets]
    if targets:
        rows = [[t.what, f"{number(t.measured)} {t.unit}", f"at most {number(t.limit)}", "yes" if t.measured <= t.limit else "**no**"] for t in targets]
        parts.append("## Targets\n\n" + table(Table(["what", "measured", "target", "met"], rows)))
    for s in sections:
        parts.append(f"## {s.title}\n\n{s.text}\n\n" + "\n\n".join(table(t) for t in s.tables))
    return "\n\n".join(p.strip("\n") for p in parts) + "\n"


def table(t):
    lines = [t.columns, ["---"] * len(t.columns)] + [[number(cell) for cell in row] for row in t.rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(cell):
    """A cell as text: numbers with three digits that count."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int):
        return f"{cell:,}"
    if abs(cell) >= 100:
        return f"{cell:,.0f}"
    return f"{cell:.3g}"

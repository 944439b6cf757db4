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

    @property
    def timed(self):
        """Whether the limit is a time, which depends on the machine."""
        return self.unit.startswith(("ms ", "s "))


# CPU ms of `python -c pass` on the machine for which limits in time were set.
PACE = 10.1


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
largest process. Numbers are medians of {runs} runs unless a section says otherwise.
"""


def page(head, sections, runs, bare):
    """runs is how often each was measured; bare is the CPU time of `python -c pass` here, in ms: limits in time are scaled by it."""
    parts = [INTRODUCTION.format(runs=runs), head]
    targets = [t for s in sections for t in s.targets]
    if targets:
        text = f"Limits in time hold where `python -c pass` takes {number(PACE)} ms of CPU. Here it took {number(bare)}, so they are {number(bare / PACE)} times as long."
        parts.append("## Targets\n\n" + text + "\n\n" + table(Table(["what", "measured", "target", "met"], [judged(t, bare / PACE) for t in targets])))
    for s in sections:
        parts.append(f"## {s.title}\n\n{s.text}\n\n" + "\n\n".join(table(t) for t in s.tables))
    return "\n\n".join(p.strip("\n") for p in parts) + "\n"


def judged(t, pace):
    """A target's row."""
    limit = t.limit * (pace if t.timed else 1)
    return [t.what, f"{number(t.measured)} {t.unit}", f"at most {number(limit)}", "yes" if t.measured <= limit else "**no**"]


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

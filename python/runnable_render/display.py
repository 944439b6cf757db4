"""How runs look in Jupyter: plain HTML, in which everything that comes from a run is text."""
import html
from typing import Any, Dict, Iterable, List

_MARKS = {"SUCCESS": "✓", "CACHED": "✓", "FAIL": "✗", "RUNNING": "…", "INTERRUPTED": "◌"}
MOST = 200  # rows that are shown


def text(value: Any) -> str:
    """A value as HTML, cut where it is long."""
    said = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    return html.escape(said if len(said) <= 120 else said[:119] + "…")


def table(rows: List[Dict[str, Any]]) -> str:
    """Mappings as a table with a column for each key."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    head = "".join(f"<th>{text(c)}</th>" for c in columns)
    shown = rows[:MOST]
    body = "".join("<tr>" + "".join(f"<td>{_cell(row.get(c))}</td>" for c in columns) + "</tr>" for row in shown)
    more = f"<p>… and {len(rows) - MOST} more</p>" if len(rows) > MOST else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return text(", ".join(map(str, value)))
    return text(value.isoformat(" ", "seconds") if hasattr(value, "isoformat") else value)


def run(shown: Any) -> str:
    """A run: its status, parameters and metrics, and its steps as a tree."""
    took = "" if shown.seconds is None else f" in {shown.seconds:.2f}s"
    parts = [f"<b>{_mark(shown.status)} {text(shown.status)}</b> {text(shown.pipeline)}{took} <code>{text(shown.id)}</code> {text(', '.join(shown.tags))}"]
    metrics = shown.metrics
    parameters = {name: value for name, value in shown.parameters.items() if name not in metrics}
    for title, values in (("metrics", metrics), ("parameters", parameters)):
        if values:
            parts.append(f"<details open><summary>{title}</summary>{table([{'name': n, 'value': v} for n, v in values.items()])}</details>")
    for error in shown.errors[:MOST]:
        parts.append(f"<p>✗ <code>{text(error.step)}</code> {text(error.message)}</p>")
    parts.append(f"<details open><summary>steps</summary>{_tree(shown.steps)}</details>")
    return "<div>" + "".join(parts) + "</div>"


def _tree(steps: Iterable[Any]) -> str:
    shown = list(steps)
    items = []
    for step in shown[:MOST]:
        took = "" if step.seconds is None else f" {step.seconds:.2f}s"
        line = f"{_mark(step.status)} {text(step.name if not step.steps else step.path)} <small>{text(step.kind)}{took}</small>"
        items.append(f"<li>{line}</li>" if not step.steps else f"<li><details><summary>{line}</summary>{_tree(step.steps)}</details></li>")
    if len(shown) > MOST:
        items.append(f"<li>… and {len(shown) - MOST} more</li>")
    return f"<ul>{''.join(items)}</ul>"


def _mark(status: str) -> str:
    return _MARKS.get(status, "·")

"""Prints what the latest run of the flow M left, by step: the artifacts of each of its tasks as JSON. By Metaflow and by ours."""
import json
import sys

from metaflow import Flow, namespace

namespace(None)
ignored = set(sys.argv[1:]) | {"name"}


def plain(value):
    """A value as text that is the same for both; the items of sets in order."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {plain(v)}" for k, v in value.items()) + "}"
    return f"set({sorted(map(repr, value))})" if isinstance(value, (set, frozenset)) else repr(value)


run = Flow("M").latest_run
out = {"": str(run.successful)}
for step in run:
    tasks = [{a.id: plain(a.data) for a in task if a.id not in ignored and a.id[0] != "_"} for task in step if task.finished]
    out[step.id] = sorted(tasks, key=lambda t: sorted(t.items()))
print(json.dumps(out, indent=1, sort_keys=True))

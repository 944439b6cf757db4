"""All of the language at once. What is said of machines, of other runs and of the time changes nothing of what a run comes to."""

from models import fit
from runnable import Conditional, Loop, Map, Parameter, Pipeline, PipelineTask, PythonTask, ShellTask, Stub, text


def main():
    again = {"limit": 1, "on": ["oom"], "memory_factor": 2}
    each = Map(
        name="each",
        pods="one",
        iterate_over="[r for r in rates if r < goal / 20]",
        iterate_as="rate",
        reducer="sum",
        branch=[
            PythonTask(function=fit, returns=["score"], resources={"memory": "96Mi", "shm": "16Mi"}, retry=again),
            PipelineTask(definition="lib/tune.py", inputs={"values": ["rate", "score"]}, returns=[{"name": "best", "as": "tuned"}]),
        ],
    )
    add = ShellTask(name="add", command="export total=$((${total:-0} + tuned))", returns=["total"])
    climb = Loop(name="climb", max_iterations=9, break_when="total >= goal", index_as="round", branch=add)
    write = ShellTask(
        name="write",
        command='export said="$letter$total"',
        returns=[text("said")],
        resources={"memory": "96Mi", "disk": "64Mi"},
        retry={"limit": 2, "on": ["oom"], "memory_factor": 1.5},
        targets={"argo": {"tolerations": [{"key": "gpu", "operator": "Exists"}]}, "compose": {"ulimits": {"nofile": 4096}}},
    )
    enough = Conditional(
        name="enough",
        expression='total >= goal and mode == "exact"',
        targets={"argo": {"labels": {"role": "writer"}}, "compose": {"shm_size": "96m"}},
        branches={"true": write, "false": Stub(name="complain")},
    )
    pipeline = Pipeline(
        name="all of it",
        schedule={"cron": "0 3 * * *", "timezone": "Europe/Berlin"},
        concurrency={"on_conflict": "wait"},
        parameters={
            "rates": Parameter(list, default=[1, 2, 8]),
            "goal": Parameter(float, default=100, minimum=0, help="What the total must reach."),
            "mode": Parameter(str, default="exact", choices=["exact", "fast"]),
            "letter": Parameter("file", default="letter.txt"),
        },
        steps=[each, climb, enough],
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

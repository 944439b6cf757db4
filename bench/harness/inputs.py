"""Makes one workload for every tool: a shape of n steps that do nothing, in the tool's own language."""
import json
import os

# A shell step runs this: two built-in commands, so that the shell itself is all that there is to start.
NOTHING = "true;:"


def write(folder, name, text):
    with open(os.path.join(folder, name), "w") as f:
        f.write(text)


def yaml(shape, n, kind):
    """A definition of ours; kind is stub or shell. Maps go over the parameters that `lists` makes."""
    leaf = "{type: stub%s}" if kind == "stub" else "{type: task, command_type: shell, command: '" + NOTHING + "'%s}"
    if shape == "chain":
        steps = [f"    s{i}: {leaf % ''}" for i in range(n)]
    elif shape == "fan":
        steps = [f"    s{i}: {leaf % ', needs: []'}" for i in range(n)]
    elif shape == "map":
        steps = mapped("each", "items", leaf % "", "    ")
    else:
        steps = mapped("outer", "outer", mapped("inner", "inner", leaf % "", "            "), "    ")
    return "dag:\n  steps:\n" + "\n".join(steps) + "\n"


def mapped(name, items, body, indent):
    lines = [f"{indent}{name}:", f"{indent}  type: map", f"{indent}  iterate_on: {items}", f"{indent}  iterate_as: {name}_item", f"{indent}  branch:", f"{indent}    steps:"]
    return lines + (body if isinstance(body, list) else [f"{indent}      work: {body}"])


def putting(catalog):
    """A definition of ours: a map whose items each write one file of the same name, which catalog puts or does not."""
    leaf = "{type: task, command_type: shell, command: 'echo $each_item >out.txt'" + (", catalog: {put: [out.txt]}" if catalog else "") + "}"
    return "dag:\n  steps:\n" + "\n".join(mapped("each", "items", leaf, "    ")) + "\n"


def lists(n):
    """The parameters of maps over n items, and of maps in maps over n items in all."""
    root = int(n**0.5)
    return json.dumps({"items": [1] * n, "outer": [1] * (n // root), "inner": [1] * root})


def makefile(shape, n):
    """The same for make; what a recipe writes is kept, as our steps' logs are."""
    before = (lambda i: f"s{i - 1}" if i else "") if shape == "chain" else lambda i: ""
    rules = [f"s{i}: {before(i)}\n\t@{{ {NOTHING}; }} >logs/$@ 2>&1\n" for i in range(n)]
    return "SHELL = /bin/sh\nall: " + " ".join(f"s{i}" for i in range(n)) + "\n" + "".join(rules)


FUNCTIONS = """\
def nothing():
    pass


def item(each_item):
    pass
"""


LIBRARIES = "import numpy as np\nimport pandas as pd\n\n\n" + FUNCTIONS


def runnable(shape, n, kind):
    """A file that the real runnable and ours both run, as it is."""
    leaf = "PythonTask(name=f's{i}', function=work.nothing)" if kind == "python" else f"ShellTask(name=f's{{i}}', command='{NOTHING}')"
    if shape == "chain":
        steps = f"[{leaf} for i in range({n})]"
    elif shape == "map":
        steps = "[Map(name='each', iterate_on='items', iterate_as='each_item', branch=PythonTask(name='work', function=work.item).as_pipeline())]"
    else:
        steps = f"[Parallel(name='four', branches={{f'b{{b}}': Pipeline(steps=[{leaf} for i in range({max(n // 4, 1)})]) for b in range(4)}})]"
    return RUNNABLE.replace("STEPS", steps)


RUNNABLE = """\
import work
from runnable import Map, Parallel, Pipeline, PythonTask, ShellTask


def main():
    pipeline = Pipeline(steps=STEPS)
    pipeline.execute(parameters_file="parameters.json")
    return pipeline


if __name__ == "__main__":
    main()
"""


def metaflow(shape, n):
    """The same for Metaflow, between the start and the end that every flow has."""
    if shape == "chain":
        following = [f"s{i + 1}" for i in range(n - 1)] + ["end"]
        start = "self.next(self.s0)"
        body = "".join(STEP.format(name=f"s{i}", arguments="", next=f"self.next(self.{to})") for i, to in enumerate(following))
    else:
        start = f"self.items = [1] * {n}; self.next(self.work, foreach='items')"
        body = STEP.format(name="work", arguments="", next="self.next(self.join)") + STEP.format(name="join", arguments=", inputs", next="self.next(self.end)")
    steps = STEP.format(name="start", arguments="", next=start) + body + STEP.format(name="end", arguments="", next="pass")
    return f"from metaflow import FlowSpec, step\n\n\nclass Bench(FlowSpec):\n{steps}\nif __name__ == '__main__':\n    Bench()\n"


STEP = """\
    @step
    def {name}(self{arguments}):
        {next}

"""


HERA = """\
import json, sys
from hera.workflows import DAG, Container, Parameter, Task, Workflow

tasks = json.load(open(sys.argv[1]))["workflow"]["specification"]["tasks"]
with Workflow(generate_name="bench-", entrypoint="main") as w:
    step = Container(name="step", image="x", command=["run", "{{inputs.parameters.path}}"], inputs=[Parameter(name="path")])
    with DAG(name="main"):
        made = {}
        for t in tasks:
            name = t["id"].replace(".", "-").replace("_", "-").lower()
            made[t["id"]] = Task(name=name, template=step, arguments={"path": t["id"]}, dependencies=[made[p].name for p in t["parents"]])
sys.stdout.write(w.to_yaml())
"""

KFP = """\
import json, sys
from kfp import compiler, dsl

tasks = json.load(open(sys.argv[1]))["workflow"]["specification"]["tasks"]


@dsl.container_component
def work(path: str):
    return dsl.ContainerSpec(image="x", command=["run"], args=[path])


@dsl.pipeline(name="bench")
def bench():
    made = {}
    for t in tasks:
        made[t["id"]] = work(path=t["id"]).after(*[made[p] for p in t["parents"]])


compiler.Compiler().compile(bench, "out.yaml")
"""

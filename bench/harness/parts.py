"""What is measured. A part returns a section of the page: a title, tables, and how its targets are met."""
import dataclasses
import glob
import itertools
import json
import math
import os
import shutil
import statistics
import subprocess
import sys

from . import inputs, measure, peers, report
from .report import Section, Table, Target


@dataclasses.dataclass
class Bench:
    work: str
    ours: str  # our program
    inside: str  # our benchmarks in process
    peers: str | None  # the interpreter that has the peers; None: they are left out
    smoke: bool
    runs: int
    count: itertools.count = dataclasses.field(default_factory=itertools.count)

    def folder(self):
        """A new folder. Nothing is removed before the end: ext4 looks long for inodes just after others were freed."""
        path = os.path.join(self.work, f"r{next(self.count)}")
        os.mkdir(path)
        return path

    def environ(self):
        """Ours and the peers run Python functions in the same interpreter, whatever is the first on PATH."""
        return peers.active(self.peers) if self.peers else {}

    def turns(self, tools, runs):
        """Runs each of the tools (name → function of a folder that returns argv and a check) in turn; name → median."""
        costs = {name: [] for name in tools}
        for _ in range(max(runs, 1)):
            for name, prepare in tools.items():
                folder = self.folder()
                argv, check = prepare(folder)
                costs[name].append(measure.once(argv, folder, self.environ()))
                check(folder)
        return {name: measure.median(c) for name, c in costs.items()}


def ours(bench, text, n, *flags, name="pipeline.yaml", more={}, lists=True):
    """A run of ours that must leave a record of at least n steps. lists: it gets those that maps go over."""

    def prepare(folder):
        inputs.write(folder, name, text)
        inputs.write(folder, "parameters.json", inputs.lists(n) if lists else "{}")
        for file, content in more.items():
            inputs.write(folder, file, content)
        return [bench.ours, "run", name, "-p", "parameters.json", "-j", "2", "--store", "store", *flags], records

    def records(folder):
        found = sum(name[0].isdigit() for _, _, files in os.walk(os.path.join(folder, "store", "runs")) for name in files if name.endswith(".json"))
        if found < n:
            raise measure.Failed(f"{folder}: {found} records of {n} steps")

    return prepare


def make(shape, n):
    def prepare(folder):
        os.mkdir(os.path.join(folder, "logs"))
        inputs.write(folder, "Makefile", inputs.makefile(shape, n))
        return ["make", "-j2"], logs

    def logs(folder):
        if len(os.listdir(os.path.join(folder, "logs"))) != n:
            raise measure.Failed(f"{folder}: make left out a recipe")

    return prepare


def script(bench, text, n, *args, files={}):
    """A run of a peer: a Python file in the peers' interpreter."""

    def prepare(folder):
        inputs.write(folder, "peer.py", text)
        inputs.write(folder, "parameters.json", inputs.lists(n))
        for file, content in files.items():
            inputs.write(folder, file, content)
        return [bench.peers, "peer.py", *args], lambda folder: None

    return prepare


def per_step(cost, base, n, base_n=1):
    """CPU milliseconds of a step beyond start-up, which a run of base_n steps measures."""
    return 1000 * (cost.cpu - base.cpu) / (n - base_n)


# --- start-up ---------------------------------------------------------------------------------------------------------


def start(bench):
    costs = bench.turns({"version": lambda folder: ([bench.ours, "version"], lambda f: None)}, 3 if bench.smoke else 25)
    wall = 1000 * costs["version"].wall
    table = Table(["command", "wall ms", "CPU ms", "peak MB"], [["`runnable-render version`", wall, 1000 * costs["version"].cpu, costs["version"].memory / 1e6]])
    text = (
        "Median of 25. Initialising the validators of Argo and compose (client-go's scheme, jsonschema, protocol buffers) "
        "before main takes most of it, as `GODEBUG=inittrace=1` shows."
    )
    return Section("Start-up", text, [table], [Target("`version`", wall, 25, "ms wall")])


# --- shell steps ------------------------------------------------------------------------------------------------------


def local(bench):
    n = 20 if bench.smoke else 1000
    rows, targets = [], []
    for shape in ["chain", "fan"]:
        tools = {"runnable-render": lambda n: ours(bench, inputs.yaml(shape, n, "shell"), n, lists=False), "make -j2": lambda n: make(shape, n)}
        rows += (table := compared(bench, shape, tools, n, bench.runs))
        targets.append(Target(f"shell {shape} of {n:,}", table[0][3] / table[1][3], 1.5, "x make's CPU per step"))
    if bench.peers:
        tools = {
            "runnable-render": lambda n: ours(bench, inputs.yaml("chain", n, "shell"), n),
            "runnable": lambda n: script(bench, inputs.runnable("chain", n, "shell"), n, files={"work.py": inputs.FUNCTIONS}),
        }
        rows += compared(bench, "chain", tools, 100, bench.runs)
        for shape in ["chain", "map"]:
            tools = {
                "runnable-render": lambda n: ours(bench, inputs.yaml(shape, n, "shell"), n),
                "Metaflow": lambda n: script(bench, inputs.metaflow(shape, n), n, "run"),
            }
            rows += compared(bench, shape, tools, 10, bench.runs)
    table = Table(["shape", "steps", "tool", "CPU ms/step", "of ours", "start-up CPU ms", "peak MB"], rows)
    text = (
        f"Every step runs `{inputs.NOTHING}` in `/bin/sh`; starting the shell is most of what a step of make costs. Each tool keeps the step's output. "
        "This tool also writes a claim and a record of each step, and gives it a process group that ends with the step and its own environment. "
        "Metaflow's steps are Python functions, the only kind it has."
    )
    return Section("Shell steps", text, [table], targets)


def compared(bench, shape, tools, n, runs, bases=None):
    """Rows of a table: each tool's cost of a step over that of its start, ours first. bases keeps the latter by shape."""
    bases = {} if bases is None else bases
    least = 4 if shape == "branches" else 1
    if shape not in bases:
        bases[shape] = bench.turns({name: of(least) for name, of in tools.items()}, runs)
    base = bases[shape]
    costs = bench.turns({name: of(n) for name, of in tools.items()}, runs)
    step = {name: per_step(costs[name], base[name], n, least) for name in tools}
    first = next(iter(tools))
    return [[shape, n, name, step[name], step[name] / step[first], 1000 * base[name].cpu, costs[name].memory / 1e6] for name in tools]



def interpreter(bench):
    """What an interpreter costs that does nothing, in ms of CPU."""
    argv = [bench.peers or sys.executable, "-c", "pass"]
    return 1000 * bench.turns({"bare": lambda folder: (argv, lambda f: None)}, 3 if bench.smoke else 25)["bare"].cpu


# --- Python functions -------------------------------------------------------------------------------------------------


def python(bench):
    rows, targets, growth = [], [], {}
    sizes = [8, 16] if bench.smoke else [48, 200, 1000]  # whole numbers of steps in each of four branches
    bare = interpreter(bench)
    bases = {}
    for shape, n in itertools.product(["chain", "map", "branches"], sizes):
        tools = {"runnable-render": functions(bench, shape), "runnable-render --cold": functions(bench, shape, "--cold")}
        if bench.peers and (n <= 200 or shape == "map"):
            tools["runnable"] = lambda n: script(bench, inputs.runnable(shape, n, "python"), n, files={"work.py": inputs.FUNCTIONS})
        table = compared(bench, shape, tools, n, bench.runs if n <= 200 else 1, bases)
        rows += table
        for row in table:
            growth.setdefault((shape, row[2]), []).append((n, row[3] * n))
        if bench.peers and n == 200:
            targets.append(Target(f"Python {shape} of 200, warm", table[0][3] / table[2][3], 0.2, "of runnable's CPU per step"))
            floor = f"; a bare `python -c pass` is {report.number(bare / table[2][3])}"
            targets.append(Target(f"Python {shape} of 200, --cold", table[1][3] / table[2][3], 0.2, "of runnable's CPU per step" + floor))
        if shape == "chain" and n == 1000:
            targets.append(Target("no-op Python chain of 1,000", table[0][3], 5, "ms CPU per step"))
    if bench.peers:
        n, shape = 200, "chain, numpy and pandas"
        tools = {"runnable-render": functions(bench, "chain", work=inputs.LIBRARIES), "runnable-render --cold": functions(bench, "chain", "--cold", work=inputs.LIBRARIES)}
        tools["runnable"] = lambda n: script(bench, inputs.runnable("chain", n, "python"), n, files={"work.py": inputs.LIBRARIES})
        table = compared(bench, shape, tools, n, 1)
        rows += table
        targets.append(Target("Python chain of 200 that imports numpy and pandas", table[0][3], 20, f"ms CPU per step; {report.number(table[0][3] / table[2][3])} of runnable's, {report.number(table[0][3] / table[1][3])} of --cold's"))
    table = Table(["shape", "steps", "tool", "CPU ms/step", "of ours", "start-up CPU ms", "peak MB"], rows)
    floor = Table(["start of every `--cold` step", "CPU ms"], [["`python -c pass`", bare]])
    fitted = Table(["shape", "tool", "exponent"], [[shape, tool, exponent(points)] for (shape, tool), points in growth.items()])
    text = (
        "runnable and this tool run the same file: functions that do nothing, in a chain, in a map, and in four parallel branches. "
        "Both run in the same virtual environment. The parents of warm workers are counted. In the last chain the functions' module imports numpy and pandas: "
        "runnable imports them once, in its own process; here the first step imports them, then a parent, and with `--cold` each step; it ran once. 1,000 steps ran once. In a chain of 1,000 runnable exceeds Python's recursion limit; with a higher limit it takes more than six minutes. Its cost in branches grows nearly as fast. "
        "With `--cold` each step starts an interpreter; starting it bare, with the virtual environment's site-packages, is the least that a step can cost. "
        "The exponent is that of the CPU time of all steps over their number."
    )
    return Section("Python functions", text, [table, floor, fitted], targets)


def functions(bench, shape, *flags, work=inputs.FUNCTIONS):
    return lambda n: ours(bench, inputs.runnable(shape, n, "python"), n, *flags, name="pipeline.py", more={"work.py": work})


# --- folders ----------------------------------------------------------------------------------------------------------


def folders(bench):
    n = 8 if bench.smoke else 1000
    files, size = (100, 1000) if bench.smoke else (10_000, 100_000)
    full = bench.folder()
    for i in range(files):
        inputs.write(full, f"f{i}.bin", "x" * size)
    rows, steps = [], {}
    for name, text, source in [("no catalog", inputs.putting(False), None), ("catalog", inputs.putting(True), None), ("catalog, full folder", inputs.putting(True), full)]:
        costs = {k: bench.turns({name: beside(ours(bench, text, k), source)}, min(bench.runs, 3))[name] for k in (1, n)}
        steps[name] = per_step(costs[n], costs[1], n)
        rows.append([name, n, steps[name], costs[n].wall, costs[n].memory / 1e6])
    text = (
        "Items of a map that write one file of the same name at the same time, so that each has a folder of its own (docs/semantics.md). "
        f"The full folder holds {files:,} files of {size:,} bytes, of which no item needs one."
    )
    more = steps["catalog, full folder"] - steps["catalog"]
    targets = [Target(f"a folder of {files:,} files over an empty one", more, 2, "ms CPU an item")]
    return Section("Folders", text, [Table(["items", "number", "CPU ms/item", "wall s", "peak MB"], rows)], targets)


def beside(prepare, source):
    """The same run in a folder that also holds the files of source, as links."""

    def prepared(folder):
        for name in os.listdir(source) if source else []:
            os.link(os.path.join(source, name), os.path.join(folder, name))
        return prepare(folder)

    return prepared


# --- growth -----------------------------------------------------------------------------------------------------------


def growth(bench):
    rows, targets, fitted = [], [], []
    sizes = [10, 40] if bench.smoke else [1000, 10_000, 100_000]
    for shape in ["chain", "fan", "map", "nested map"]:
        of = lambda n: {"ours": ours(bench, inputs.yaml(shape, n, "stub"), int(n**0.5) ** 2 if shape == "nested map" else n)}
        base = bench.turns(of(1), bench.runs)["ours"]
        points = []
        for n in sizes:
            runs = bench.runs if n <= 10_000 else 1
            cost = bench.turns(of(n), runs)["ours"]
            points.append((n, cost.cpu - base.cpu))
            rows.append([shape, n, per_step(cost, base, n), cost.wall, cost.memory / 1e6])
            if shape == "chain" and n == 10_000:
                targets.append(Target("stub chain of 10,000", per_step(cost, base, n), 0.2, "ms CPU per step"))
            if shape == "chain" and n == 100_000:
                targets.append(Target("stub chain of 100,000", cost.memory / 1e6, 1000, "MB at the peak"))
        fitted.append([shape, exponent(points)])
        targets.append(Target(f"growth of a {shape}", exponent(points), 1.1, "exponent"))
    return Section(
        "Growth",
        "Steps are stubs: this is the cost of the tool itself, including records. The exponent is fitted to the CPU time beyond start-up; 1 is linear. 100,000 ran once.",
        [Table(["shape", "steps", "CPU ms/step", "wall s", "peak MB"], rows), Table(["shape", "exponent"], fitted)],
        targets,
    )


def exponent(points):
    """The k of time = c * n**k, by least squares of the logarithms."""
    points = [(math.log(n), math.log(t)) for n, t in points if t > 0]
    if len(points) < 2:
        return math.nan
    mx, my = (statistics.fmean(p[i] for p in points) for i in (0, 1))
    return sum((x - mx) * (y - my) for x, y in points) / sum((x - mx) ** 2 for x, _ in points)


# --- rendering --------------------------------------------------------------------------------------------------------


def render(bench):
    instance = largest(bench)
    flags = ["instance.json", "--target", "argo", "--image", "x", "-o", "wf.yaml"]

    def with_instance(argv):
        def prepare(folder):
            shutil.copy(instance, os.path.join(folder, "instance.json"))
            for name in ["HERA", "KFP"]:
                inputs.write(folder, f"render_{name.lower()}.py", getattr(inputs, name))
            return argv, lambda f: None

        return prepare

    tools = {"runnable-render": with_instance([bench.ours, *flags])}
    if bench.peers:
        tools |= {"Hera": with_instance([bench.peers, "render_hera.py", "instance.json"]), "Kubeflow Pipelines": with_instance([bench.peers, "render_kfp.py", "instance.json"])}
    costs = bench.turns(tools, bench.runs)
    first = costs["runnable-render"].cpu
    rows = [[name, 1000 * c.cpu, c.cpu / first, c.memory / 1e6] for name, c in costs.items()]
    inside = in_process(instance, bench)
    checked = bench.turns({"check": two_hundred(bench)}, bench.runs)["check"]
    with open(instance) as f:
        tasks = json.load(f)["workflow"]["specification"]["tasks"]
    text = (
        f"A recorded workflow of {len(tasks):,} tasks and {sum(len(t['parents']) for t in tasks):,} edges, to Argo. This tool reads commands, files and resources, and validates "
        "the manifest with Argo's own validator; the scripts of the others build the same graph with one template and do not validate."
    )
    more = [["parse, passes and emit, in process", inside], ["`check` of 200 pipelines, as a command", 1000 * checked.cpu]]
    targets = [
        Target("largest graph, in process", inside, 100, "ms CPU"),
        Target("largest graph, as a command with validation", 1000 * first, 400, "ms CPU"),
        Target("`check` of 200 pipelines", checked.cpu, 2, "s CPU"),
    ]
    return Section("Rendering", text, [Table(["tool", "CPU ms", "of ours", "peak MB"], rows), Table(["what", "CPU ms"], more)], targets)


def largest(bench):
    """The largest instance of the corpus; in a smoke run a small one of our own."""
    if bench.smoke:
        return os.path.join(peers.ROOT, "frontends", "wfformat", "testdata", "small.json")
    archive = os.environ.get("CORPUS", os.path.join(peers.ROOT, "..", "shared", "corpora", "wfinstances.tar.xz"))
    if not os.path.exists(archive):
        raise measure.Failed(f"there are no recorded workflows at {archive}: pack the JSON files of github.com/wfcommons/WfInstances with `tar -cJf`, and name the archive in CORPUS; the other parts need none")
    folder = bench.folder()
    subprocess.run(["tar", "-xf", archive, "-C", folder], check=True)
    return max(glob.glob(os.path.join(folder, "**", "*.json"), recursive=True), key=os.path.getsize)


def in_process(instance, bench):
    """CPU milliseconds of reading, checking and rendering an instance within one process, by Go's own benchmark."""
    argv = [bench.inside, "-test.run=^$", "-test.bench=^BenchmarkRender$", "-test.benchtime=" + ("1x" if bench.smoke else "20x")]
    out = subprocess.run(argv, cwd=os.path.join(peers.ROOT, "bench"), env=os.environ | {"BENCH_INSTANCE": instance}, capture_output=True, text=True)
    words = out.stdout.split()
    if out.returncode != 0 or "cpu-ms/op" not in words:
        raise measure.Failed(out.stdout + out.stderr)
    return float(words[words.index("cpu-ms/op") - 1])


def two_hundred(bench):
    """check of 200 pipelines: those of the golden cases, again and again."""
    cases = sorted(glob.glob(os.path.join(peers.ROOT, "golden", "*", "pipeline.yaml")))

    def prepare(folder):
        files = []
        for i in range(200):
            case = os.path.dirname(cases[i % len(cases)])
            shutil.copytree(case, os.path.join(folder, f"p{i}"))
            files.append(f"p{i}/pipeline.yaml")
        return [bench.ours, "check", *files], lambda f: None

    return prepare


ALL = {"start": start, "python": python, "local": local, "folders": folders, "growth": growth, "render": render}
WITH_PEERS = ["local", "python", "render"]

"""The command line of a flow, `python flow.py run --alpha 1`, which hands the work to the program runnable-render."""
import argparse
import inspect
import json
import os
import sys
import textwrap

from . import _look, _store
from ._config import FILES, RESOLVED, VALUES, checked
from ._config import given as configs_given
from ._custom import prepare
from ._decorators import ADDED, BRANCH, PRODUCTION
from ._mode import Mode
from ._parameters import IncludeFile, JSONType, parameters
from .exception import MetaflowException

# What Metaflow's commands take and nothing here needs: a run is kept in its store, whatever these say.
_WITHOUT_EFFECT = {
    "--metadata": 1, "--datastore": 1, "--datastore-root": 1, "--environment": 1, "--package-suffixes": 1, "--event-logger": 1, "--monitor": 1, "--namespace": 1,
    "--max-num-splits": 1, "--max-log-size": 1, "--user-namespace": 1, "--quiet": 0, "--not-quiet": 0, "--pylint": 0, "--no-pylint": 0,
}
_ENVIRONMENTS = ("conda", "pypi", "uv")  # those of @conda and @pypi, which steps get in any case
# Commands of Metaflow's that nothing here does, and what to do instead.
_REFUSED = {
    "step-functions": "runnable-render renders no state machines of AWS; render for Argo Workflows (argo-workflows create --only-json), or see `runnable-render targets`",
    "airflow": "runnable-render renders no DAGs of Airflow; render for Argo Workflows (argo-workflows create --only-json), or see `runnable-render targets`",
    "kubernetes": "name the target instead: runnable-render render {file} --target kubernetes --image IMAGE",
    "batch": "runnable-render starts nothing on AWS Batch; see `runnable-render targets`",
    "spin": "run the flow, and then the step again with: resume STEP",
    "package": "the image of the steps holds the code; see docs/argo.md of runnable-render",
}
_IMAGE = "METAFLOW_KUBERNETES_CONTAINER_IMAGE"


def main(cls, file, arguments):
    """Runs the command of a flow's command line. It does not return."""
    prepare(cls)
    try:
        configured, others = checked(arguments)
        given = _parser(cls, file).parse_args(_effective(cls, others))
        given.configured = configured
        _configure(configured)
        _project(given)
        if given.decospecs:
            os.environ[ADDED] = " ".join(filter(None, [os.environ.get(ADDED), *given.decospecs]))
        given.do(cls, file, given)
    except MetaflowException as e:
        sys.exit(str(e))


def _configure(configured):
    """Hands the configurations on, by the variables that stand for them. Files are those of the current folder, which is not
    the one in which the flow is read."""
    for option, name, _ in configured:
        if all(name not in (known, known.lower()) for known in Mode.configs):
            sys.exit(f"{option} {name}: the flow has no configuration of that name; it has {', '.join(Mode.configs) or 'none'}")
    values, files = configs_given()
    if values:
        os.environ[VALUES] = json.dumps(values)
    if files:
        os.environ[FILES] = json.dumps({name: _absolute(file) for name, file in files.items()})


def _project(given):
    """Hands on what the command line says of @project."""
    if given.branch:
        os.environ[BRANCH] = given.branch
    if given.production:
        os.environ[PRODUCTION] = "true"


def _absolute(file):
    """A file of the current folder, or else the name as it is, for one beside the flow."""
    path = os.path.expanduser(file)
    return os.path.abspath(path) if os.path.exists(path) else file


def _effective(cls, arguments):
    """The arguments without those that have no effect here, of which the user is told. Behind `run` an option that is a
    parameter of the flow is that."""
    own = {option for p in parameters(cls).values() for option in _option(p.name)}
    out, rest = [], iter(arguments)
    for a in rest:
        name, equals, value = a.partition("=")
        if name not in _WITHOUT_EFFECT or name in own and "run" in out:
            out.append(a)
            continue
        if _WITHOUT_EFFECT[name] and not equals:
            value = next(rest, None)
        if name != "--environment" or value not in _ENVIRONMENTS:
            print(f"{name} has no effect with runnable-render", file=sys.stderr)
    return out


def _parser(cls, file):
    top = _Parser(prog=os.path.basename(file), description=cls.__doc__, allow_abbrev=False)
    _decospecs(top, [])
    top.add_argument("--branch", help="the branch of @project")
    top.add_argument("--production", action="store_true", help="the production branch of @project")
    top.set_defaults(do=_check)
    commands = top.add_subparsers(metavar="COMMAND", parser_class=_Parser)

    def command(name, do, text):
        made = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        made.set_defaults(do=do)
        return made

    run = command("run", _run, "Run the flow on this machine.")
    _run_options(run)
    for p in parameters(cls).values():
        run.add_argument(*_option(p.name), dest="param " + p.name, action="append", metavar=p.type_name.upper(), help=p.help and str(p.help).replace("%", "%%"), default=None)
    run.add_argument("--as-json", action="append", default=[], metavar="NAME=JSON", help=argparse.SUPPRESS)  # what Runner gives
    resume = command("resume", _resume, "Run a flow again from where a run failed, in a new run.")
    resume.add_argument("step", nargs="?", help="the step from which to run again (default: those that failed)")
    resume.add_argument("--origin-run-id", help="the run to resume (default: the latest)")
    _run_options(resume)
    command("check", _check, "Check the flow.")
    command("show", _show, "Show the steps of the flow.")
    command("output-dot", _output_dot, "Draw the flow with Graphviz.")
    _look.add(command)
    _argo(command)
    for name in _REFUSED:
        command(name, _refuse, "Not done here.").add_argument("rest", nargs=argparse.REMAINDER)
    return top


class _Parser(argparse.ArgumentParser):
    """Ends with one line where argparse prints the whole usage as well."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def _run_options(parser):
    parser.add_argument("--tag", dest="tags", action="append", default=[], help="a tag to find the run by; may be repeated")
    parser.add_argument("--max-workers", type=int, help="steps to run at a time")
    parser.add_argument("--run-id-file", help="file to write the run's id to")
    _decospecs(parser, argparse.SUPPRESS)


def _decospecs(parser, default):
    parser.add_argument("--with", dest="decospecs", action=_Extend, default=default, metavar="DECORATOR", help="a decorator for each step that lacks it, such as retry:times=3; may be repeated")


class _Extend(argparse.Action):
    """Appends, also to what stood before the command."""

    def __call__(self, parser, namespace, value, option=None):
        setattr(namespace, self.dest, [*(getattr(namespace, self.dest, None) or []), value])


def _option(name):
    """The option of a parameter, with underscores and with hyphens."""
    return list(dict.fromkeys(["--" + name, "--" + name.replace("_", "-")]))


def _argo(command):
    create = command("argo-workflows", _create, "Render the flow for Argo Workflows: argo-workflows create --only-json.")
    create.add_argument("action", help="create")
    create.add_argument("--only-json", action="store_true", help="print the manifests; needed, as nothing is deployed")
    create.add_argument("--image", default=os.environ.get(_IMAGE), help=f"image that holds the flow's code (default: ${_IMAGE})")
    create.add_argument("--store", help="bucket in which the runs are kept, as s3://bucket (default: that of the configuration, else a claim of each workflow)")
    _decospecs(create, argparse.SUPPRESS)


def _run(cls, file, given):
    store = ["--store", _store.named()] if _store.named() else []
    _tool(["run", file, *store, *_runs(given), *_parameters(cls, given)], given)


def _runs(given):
    out = [word for tag in given.tags for word in ("--tag", tag)]
    if given.max_workers is not None:
        out += ["--jobs", str(given.max_workers)]
    if given.run_id_file:
        out += ["--run-id-file", given.run_id_file]
    return out + ["--python", sys.executable]


def _parameters(cls, given):
    data = {name: json.loads(text) for name, _, text in (word.partition("=") for word in given.as_json)}
    for p in parameters(cls).values():
        texts = getattr(given, "param " + p.name)
        if p.name in data:
            value = data.pop(p.name)
        elif texts is not None:
            value = [_value(p, t) for t in texts] if p.multiple else _value(p, texts[-1])
        else:
            continue
        yield from ("--param", f"{p.name}={json.dumps(value)}")
    if data:
        sys.exit(f"the flow has no parameter {next(iter(data))!r}; it has {', '.join(p.name for p in parameters(cls).values()) or 'none'}")


def _value(p, text):
    """The value that the command line gives to a parameter. What is not of its type stays a text, and the start step says so."""
    if isinstance(p, IncludeFile):
        return _absolute(text)
    if p.type is str:
        return text
    try:
        value = json.loads(text.lower() if p.type is bool else text)
    except ValueError:
        if p.type is JSONType:
            sys.exit(f"parameter {p.name!r} is of type JSON, and {text!r} is not JSON")
        return text
    return value if p.type is JSONType or isinstance(value, (int, float)) else text


def _resume(cls, file, given):
    from . import _source
    from .client import Run

    if given.configured:
        option, name, _ = given.configured[0]
        sys.exit(f"{option} {name}: a resumed run has the configurations of the run that it resumes; begin a new one with: run")
    facts = _store.facts()
    origin = given.origin_run_id or next((h["run"] for h in facts.runs(cls.__name__)), None)
    if origin is None:
        sys.exit(f"there is no run of {cls.__name__} in {facts.folder} to resume")
    run = Run(f"{cls.__name__}/{origin}")
    configs = run._header["definition"]["steps"][0].get("flow", {}).get("configs")
    if configs:
        os.environ[RESOLVED] = json.dumps(configs)
    words = ["retry", origin, "--new-run", "--flow-told", "--file", file, "--store", facts.folder, *_runs(given)]
    if given.step:
        words += ["--from", given.step]
    for name in _source.changed(cls, run, given.step):
        print(f'note: step "{name}" succeeded in run {origin}, and its source has changed since; its result is kept. To run it again, with what follows it: resume {name}', file=sys.stderr)
    _tool(words, given)


def _check(cls, file, given):
    _tool(["check", file, "--python", sys.executable], given)


def _show(cls, file, given):
    """The steps in their order, with what is said of them and what follows."""
    from ._graph import Graph

    graph = Graph(cls)
    print(f"\n{inspect.cleandoc(cls.__doc__ or '')}\n")
    for name in _ordered(graph):
        n = graph.nodes[name]
        for d in n.function.decorators:
            print(f"@{d.name}")
        for w in n.function.wrappers:
            print(f"@{type(w).__module__}.{type(w).__name__}")
        print(f"Step {name}\n{textwrap.indent(inspect.cleandoc(n.function.__doc__ or '?'), '    ')}")
        print(f"    => {', '.join(dict.fromkeys(n.targets))}\n" if n.targets else "")
    sys.exit(0)


def _ordered(graph):
    """All steps, also those of a graph that cannot be run."""
    try:
        found = graph.order()
    except KeyError:
        found = []
    return found + [n for n in graph.nodes if n not in found]


def _output_dot(cls, file, given):
    _tool(["graph", file, "--format", "dot"], given)


def _create(cls, file, given):
    if given.action != "create":
        sys.exit(f"argo-workflows {given.action}: only create --only-json is supported; pass its output to kubectl or argo, which start, list and stop workflows")
    if not given.only_json:
        sys.exit("runnable-render deploys nothing; pass --only-json, and pipe the output to kubectl: python flow.py argo-workflows create --only-json | kubectl create -f -")
    if not given.image:
        sys.exit(f"the workflow needs an image that holds the flow's code: give it with --image, or in ${_IMAGE}")
    store = ["--store", given.store] if given.store else []
    _tool(["render", file, "--target", "argo", "--image", given.image, "--json", *store, "--python", sys.executable], given)


def _refuse(cls, file, given):
    name = next(a for a in sys.argv[1:] if a in _REFUSED)
    sys.exit(f"{name}: {_REFUSED[name].format(file=os.path.basename(file))}")


def _tool(arguments, given):
    """Becomes the program runnable-render."""
    from .client import tool

    program = tool()
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(program, [program, *arguments])

"""Flows, runs, steps, tasks and artifacts as objects, read from the store of runnable-render."""
import datetime
import os
import shutil
import subprocess
import sys
import sysconfig

from . import _store
from ._artifacts import Index, Store
from .exception import MetaflowException, MetaflowInvalidPathspec, MetaflowNotFound

_namespace = None


def namespace(name):
    """Takes a namespace, which has no effect: a store is one. Returns it."""
    global _namespace
    _namespace = name
    return name


def get_namespace():
    return _namespace


def default_namespace():
    return namespace(None)


def metadata(where):
    return where


def get_metadata():
    return "runnable@" + _store.facts().folder


def default_metadata():
    return get_metadata()


class MetaflowObject:
    """One of the objects. parts are those of its path: flow, run, step, task, artifact."""

    _depth = 0

    def __init__(self, pathspec, _facts=None, _above=None, _record=None):
        self._parts = str(pathspec).split("/")
        if len(self._parts) != self._depth or not all(self._parts):
            raise MetaflowInvalidPathspec(f"{type(self).__name__} takes a path of {self._depth} parts, such as {'/'.join(_EXAMPLE[: self._depth])}, not {pathspec!r}")
        self._facts = _facts or (_above._facts if _above is not None else _store.facts())
        self._above, self._record = _above, _record  # what the object has been reached by, where that is known
        self._open()

    def _open(self):
        pass

    @property
    def id(self):
        return self._parts[-1]

    @property
    def pathspec(self):
        return "/".join(self._parts)

    @property
    def path_components(self):
        return list(self._parts)

    @property
    def parent(self):
        return _KINDS[self._depth - 1]("/".join(self._parts[:-1]), _facts=self._facts) if self._depth > 1 else None

    def _child(self, name):
        return _KINDS[self._depth + 1](f"{self.pathspec}/{name}", _above=self)

    def __iter__(self):
        return (self._child(n) for n in self._names())

    def __getitem__(self, name):
        if str(name) not in self._names():
            raise KeyError(name)
        return self._child(name)

    def __contains__(self, name):
        return str(name) in self._names()

    def __eq__(self, other):
        return type(self) is type(other) and self._parts == other._parts

    def __hash__(self):
        return hash(self.pathspec)

    def __repr__(self):
        return f"{type(self).__name__}('{self.pathspec}')"

    def __getstate__(self):
        return {"pathspec": self.pathspec}

    def __setstate__(self, state):
        self.__init__(state["pathspec"])


_EXAMPLE = ("MyFlow", "RUN", "start", "0", "x")


class Metaflow:
    """All flows of the store."""

    @property
    def flows(self):
        return list(self)

    def __iter__(self):
        return (Flow(n) for n in dict.fromkeys(h["pipeline"] for h in _store.facts().runs()))

    def __getitem__(self, name):
        return Flow(name)


class Flow(MetaflowObject):
    _depth = 1

    def _open(self):
        if not self._facts.runs(self.id):
            raise MetaflowNotFound(f"there is no run of {self.id} in {self._facts.folder}")

    def _names(self):
        return [h["run"] for h in self._facts.runs(self.id)]

    def runs(self, *tags):
        """The runs that have all the tags, the newest first."""
        return (r for r in self if all(t in r.tags for t in tags))

    @property
    def latest_run(self):
        return next(iter(self), None)

    @property
    def latest_successful_run(self):
        return next((r for r in self if r.successful), None)


class Run(MetaflowObject):
    _depth = 2

    def _open(self):
        self._header = self._facts.run(*self._parts)
        self._known, self._files = None, {}

    def _records(self):
        """The records of the run; those of one that goes on are looked for each time, and read where they are new."""
        if self._known is None:
            over = self.finished  # before they are read: what comes between the two would be missed for good
            found = self._facts.records(self.id, self._files)
            if not over:
                return found
            self._known = found
        return self._known

    def _names(self):
        return list(dict.fromkeys(_step_of(r) for r in sorted(self._records().values(), key=lambda r: r["started"], reverse=True)))

    def steps(self):
        return iter(self)

    @property
    def _end(self):
        return self._facts.end(self.id)

    @property
    def finished(self):
        return self._end is not None

    @property
    def successful(self):
        return self.finished and self._end["status"] == "SUCCESS"

    @property
    def created_at(self):
        return _time(self._header["started"])

    @property
    def finished_at(self):
        return _time(self._end["ended"]) if self.finished else None

    @property
    def end_task(self):
        """The task of the end step; None where the run has not come to it."""
        last = self._header["definition"]["steps"][-1]["name"]
        name = last[: -len(_store.CATCH)] if last.endswith(_store.CATCH) else last
        return self[name].task if name in self else None

    @property
    def data(self):
        return self.end_task.data if self.end_task is not None else None

    @property
    def code(self):
        return None  # the code is in the folder or image of the flow

    @property
    def trigger(self):
        return None

    @property
    def origin_pathspec(self):
        origin = self._header.get("origin")
        return f"{self._parts[0]}/{origin}" if origin else None

    @property
    def tags(self):
        return self.user_tags | self.system_tags

    @property
    def user_tags(self):
        return frozenset(self._facts.run(*self._parts).get("tags") or [])

    @property
    def system_tags(self):
        project = self._options.get("project")
        of_project = [f"project:{project['project_name']}", f"project_branch:{project['branch_name']}"] if project else []
        return frozenset(["runnable-render", f"target:{self._header['target']}", *of_project])

    @property
    def _options(self):
        """What the flow's first step was told of the flow."""
        return next((s["flow"] for s in _steps(self._header["definition"]) if "flow" in s), {})

    def add_tag(self, tag):
        self.add_tags([tag] if isinstance(tag, str) else tag)

    def add_tags(self, tags):
        self.replace_tags([], tags)

    def remove_tag(self, tag):
        self.remove_tags([tag] if isinstance(tag, str) else tag)

    def remove_tags(self, tags):
        self.replace_tags(tags, [])

    def replace_tag(self, old, new):
        self.replace_tags([old], [new])

    def replace_tags(self, old, new):
        """Removes tags from the run and adds others."""
        words = [w for t in old for w in ("--remove", t)]
        tool_output(["runs", "tag", self.id, *new, *words, "--store", self._facts.folder])


class Step(MetaflowObject):
    _depth = 3

    def _open(self):
        self._run = self._above or Run("/".join(self._parts[:2]), _facts=self._facts)
        if not self._records():
            raise MetaflowNotFound(f"run {self._parts[1]} of {self._parts[0]} has not reached step {self.id!r}")

    def _records(self):
        """The records of the step's tasks by their ids. What goes on for a step whose process died counts in its place."""
        out = {}
        for r in sorted(self._run._records().values(), key=lambda r: r["path"].endswith(_store.CATCH)):
            if _step_of(r) == self.id:
                out[task_id(r["path"])] = r
        return out

    def _names(self):
        return _in_order(self._records())

    def __iter__(self):
        records = self._records()  # once for all tasks
        return (Task(f"{self.pathspec}/{n}", _above=self, _record=records[n]) for n in _in_order(records))

    def tasks(self, *tags):
        return iter(self) if all(t in self._run.tags for t in tags) else iter(())

    @property
    def task(self):
        return next(iter(self), None)

    @property
    def tags(self):
        return self._run.tags

    @property
    def created_at(self):
        return min(t.created_at for t in self)

    @property
    def finished_at(self):
        return max(t.finished_at for t in self)


class Task(MetaflowObject):
    _depth = 4

    def _open(self):
        self._step = self._above or Step("/".join(self._parts[:3]), _facts=self._facts)
        self._record = self._record or self._step._records().get(self.id)
        if self._record is None:
            raise MetaflowNotFound(f"step {self._parts[2]!r} of run {self._parts[1]} has no task {self.id!r}")
        returns = self._record.get("returns") or []
        self._left = self._facts.value(returns[0]["value"]) if returns else {}
        self._index = Index(self._left)

    def _names(self):
        return self._index.names()

    @property
    def artifacts(self):
        return _Bag(self, lambda a: a)

    @property
    def data(self):
        return _Bag(self, lambda a: a.data)

    def _cards(self):
        cards = self._left.get("cards") or []
        if not isinstance(cards, dict):
            return cards
        store = Store(self._facts.fetch, None)
        return store.load_json(cards) if cards["type"] == "json" else store.load(cards, "a card")

    @property
    def successful(self):
        return self._record["status"] in ("SUCCESS", "CACHED")

    @property
    def finished(self):
        return True

    @property
    def exception(self):
        """What made the task fail, as text; None where it did not."""
        failure = self._record.get("failure")
        return MetaflowException(failure["message"]) if failure else None

    @property
    def created_at(self):
        return _time(self._record["started"])

    @property
    def finished_at(self):
        return _time(self._record["ended"])

    @property
    def stdout(self):
        """What the task wrote, stdout and stderr in their order."""
        return self._facts.log(self._parts[1], self._record)

    @property
    def stderr(self):
        return ""

    @property
    def index(self):
        return self._index.frames[-1]["index"] if self._index.frames else None

    @property
    def current_attempt(self):
        return self._record["attempt"] - 1

    @property
    def tags(self):
        return self._step.tags

    @property
    def origin_pathspec(self):
        origin = self._step._run.origin_pathspec
        return f"{origin}/{'/'.join(self._parts[2:])}" if origin else None

    @property
    def metadata_dict(self):
        return {"attempt": str(self.current_attempt), "attempt_ok": str(self.successful), "target": self._record.get("target", ""), **self._record.get("code", {})}

    @property
    def parent_tasks(self):
        """The tasks whose artifacts this one was given."""
        near = _Near(self._step._run)
        return near.tasks(near.before(self._record))

    @property
    def child_tasks(self):
        """The tasks that were given the artifacts of this one."""
        near = _Near(self._step._run)
        return near.tasks(near.after(self._record))


class _Near:
    """Which tasks of a run come before which. A step in a loop comes after itself."""

    def __init__(self, run):
        self.run = run
        self.targets, self.loops = _graph(run._header["definition"])
        self.records = sorted(run._records().values(), key=lambda r: (_step_of(r), _indexes(r)))
        self.last = {}  # turn of each loop, by the step and the elements around it
        for r in self.records:
            name, own, turn = self.at(r)
            self.last[name, own] = max(turn, self.last.get((name, own), 0))

    def before(self, record):
        """The records of the tasks before a task, in the same elements of the foreachs around both."""
        return [r for r in self.records if self.leads(r, record)]

    def after(self, record):
        return [r for r in self.records if self.leads(record, r)]

    def leads(self, one, other):
        """Whether a task is one of those before another. Only the last turn of a loop leads out of it."""
        (name, own, turn), (to, around, again) = self.at(one), self.at(other)
        if again:
            return name == to and own == around and turn == again - 1
        return name != to and to in self.targets.get(name, ()) and _together(own, around) and turn == self.last[name, own]

    def at(self, record):
        """The step of a task, the elements around it, and its turn in a loop."""
        name, indexes = _step_of(record), tuple(_indexes(record))
        return (name, indexes[:-1], indexes[-1]) if name in self.loops and indexes else (name, indexes, 0)

    def tasks(self, records):
        steps, out = {}, {}
        for r in records:
            name = _step_of(r)
            if name not in steps:
                steps[name] = Step(f"{self.run.pathspec}/{name}", _above=self.run)
            path = f"{steps[name].pathspec}/{task_id(r['path'])}"
            if path not in out or r["path"].endswith(_store.CATCH):
                out[path] = Task(path, _above=steps[name], _record=r)
        return list(out.values())


def _together(some, others):
    same = min(len(some), len(others))
    return some[:same] == others[:same]


class DataArtifact(MetaflowObject):
    _depth = 5

    def _open(self):
        self._task = self._above or Task("/".join(self._parts[:4]), _facts=self._facts)
        if self.id not in self._task._index:
            raise MetaflowNotFound(f"task {self._task.pathspec} has no artifact {self.id!r}")

    def _names(self):
        return []

    @property
    def data(self):
        """The value. One that is not JSON is unpickled, which may run code of whoever wrote to the store."""
        return self._task._index.load(self.id, Store(self._facts.fetch, None))

    @property
    def sha(self):
        return self._task._index.digest(self.id)

    @property
    def size(self):
        return self._task._index.size(self.id)

    @property
    def finished_at(self):
        return self._task.finished_at

    created_at = finished_at


class _Bag:
    """The artifacts of a task as attributes."""

    def __init__(self, task, take):
        self.__dict__.update(_task=task, _take=take)

    def __getattr__(self, name):
        if name[:2] == "__" or name not in self._task._index:
            raise AttributeError(f"task {self._task.pathspec} has no artifact {name!r}")
        return self._take(self._task[name])

    def __contains__(self, name):
        return name in self._task._index

    def __iter__(self):
        return (self._take(a) for a in self._task)

    def __dir__(self):
        return self._task._names()

    def __repr__(self):
        return f"<artifacts of {self._task.pathspec}: {', '.join(self._task._names())}>"


_KINDS = {1: Flow, 2: Run, 3: Step, 4: Task, 5: DataArtifact}


def task_id(path):
    """The id of the task at a path: the indexes around it."""
    return "-".join(p for p in path.split(".")[:-1] if p.isdigit()) or "0"


def _indexes(record):
    return [int(p) for p in record["path"].split(".")[:-1] if p.isdigit()]


def _steps(graph):
    """The steps of a graph, those in its composites too."""
    for s in graph["steps"]:
        yield s
        for inner in [*s.get("branches", []), *([s["branch"]] if "branch" in s else [])]:
            yield from _steps(inner)


def _graph(graph):
    """The steps that may come after each step, by its name, and the names of the steps that are loops."""
    targets, loops = {}, set()
    for s in _steps(graph):
        if "flow" in s:
            targets[s["name"]] = s["flow"].get("targets", [])
            if "done" in s["flow"]:
                loops.add(s["name"])
    return targets, loops


def _in_order(ids):
    return sorted(ids, key=lambda name: [int(n) for n in name.split("-")])


def _step_of(record):
    name = record["path"].rpartition(".")[2]
    return name[: -len(_store.CATCH)] if name.endswith(_store.CATCH) else name


def _time(text):
    """A time of a record, in the machine's zone and without it, as Metaflow has them."""
    seconds, _, rest = text.rstrip("Z").partition(".")
    at = datetime.datetime.strptime(seconds, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=datetime.timezone.utc)
    return at.replace(microsecond=int((rest or "0")[:6].ljust(6, "0"))).astimezone().replace(tzinfo=None)


def tool():
    """The program runnable-render: that of RUNNABLE_RENDER, else the one that pip installed for this Python, else the one on PATH."""
    name = "runnable-render"
    found = os.environ.get("RUNNABLE_RENDER") or shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    if not found:
        raise MetaflowException("the program runnable-render is not on PATH; install it, or name it in RUNNABLE_RENDER")
    return found


def tool_output(arguments, folder=None):
    """What the tool prints."""
    done = subprocess.run([tool(), *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
    if done.returncode:
        raise MetaflowException(done.stderr.strip())
    sys.stderr.write(done.stderr)
    return done.stdout

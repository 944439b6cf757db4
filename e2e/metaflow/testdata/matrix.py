"""Writes the flows of the matrix: matrix.py FOLDER makes GRAPH-BEHAVIOUR/flow.py of each graph and behaviour that go together.

A graph is the steps of a flow. A behaviour says what its steps do, by where they stand: "start", "end", "join", "split" (before
a foreach or a split) and "body" (any other).
"""
import os
import sys
import textwrap

# The steps of each graph: (name, what self.next says, lines before that). A join takes inputs.
GRAPHS = {
    "linear": [("start", "self.a", ""), ("a", "self.end", ""), ("end", "", "")],
    "branch": [("start", "self.a, self.b", ""), ("a", "self.join", ""), ("b", "self.join", ""), ("join", "self.end", ""), ("end", "", "")],
    "nested_branches": [
        ("start", "self.a, self.b", ""), ("a", "self.c, self.d", ""), ("b", "self.e, self.f", ""),
        ("c", "self.join_a", ""), ("d", "self.join_a", ""), ("e", "self.join_b", ""), ("f", "self.join_b", ""),
        ("join_a", "self.join_all", ""), ("join_b", "self.join_all", ""), ("join_all", "self.end", ""), ("end", "", ""),
    ],
    "small_foreach": [("start", "self.body, foreach='arr'", "self.arr = [1, 2, 3]"), ("body", "self.join", ""), ("join", "self.end", ""), ("end", "", "")],
    "foreach": [
        ("start", "self.first, foreach='arr'", "self.arr = 'xyz'"), ("first", "self.second", ""), ("second", "self.join", ""),
        ("join", "self.end", ""), ("end", "", ""),
    ],
    "nested_foreach": [
        ("start", "self.x, foreach='xs'", "self.xs = 'ab'"), ("x", "self.y, foreach='ys'", "self.ys = 'de'"), ("y", "self.z, foreach='zs'", "self.zs = 'fg'"),
        ("z", "self.join_z", ""), ("join_z", "self.join_y", ""), ("join_y", "self.join_x", ""), ("join_x", "self.end", ""), ("end", "", ""),
    ],
    "foreach_in_branch": [
        ("start", "self.a, self.b", ""), ("a", "self.body, foreach='arr'", "self.arr = [0, 1]"), ("body", "self.join_a", ""), ("join_a", "self.join", ""),
        ("b", "self.join", ""), ("join", "self.end", ""), ("end", "", ""),
    ],
    "switch": [
        ("start", "{'a': self.a, 'b': self.b, 'c': self.c}, condition='which'", "self.which = 'b'"), ("a", "self.end", ""), ("b", "self.end", ""),
        ("c", "self.end", ""), ("end", "", ""),
    ],
    "nested_switch": [
        ("start", "{1: self.a, 2: self.b}, condition='which'", "self.which = 1"), ("a", "{True: self.c, False: self.d}, condition='inner'", "self.inner = False"),
        ("b", "self.end", ""), ("c", "self.end", ""), ("d", "self.end", ""), ("end", "", ""),
    ],
    "switch_in_branch": [
        ("start", "self.a, self.b", ""), ("a", "{'c': self.c, 'd': self.d}, condition='which'", "self.which = 'd'"), ("c", "self.join", ""), ("d", "self.join", ""),
        ("b", "self.join", ""), ("join", "self.end", ""), ("end", "", ""),
    ],
    "switch_in_foreach": [
        ("start", "self.choose, foreach='arr'", "self.arr = ['p', 'q', 'p']"), ("choose", "{'p': self.p, 'q': self.q}, condition='which'", "self.which = self.input"),
        ("p", "self.join", ""), ("q", "self.join", ""), ("join", "self.end", ""), ("end", "", ""),
    ],
    "branch_in_switch": [
        ("start", "{'two': self.two, 'skip': self.skip}, condition='which'", "self.which = 'two'"), ("two", "self.a, self.b", ""), ("a", "self.join", ""),
        ("b", "self.join", ""), ("join", "self.end", ""), ("skip", "self.end", ""), ("end", "", ""),
    ],
    "foreach_in_switch": [
        ("start", "{'each': self.each, 'skip': self.skip}, condition='which'", "self.which = 'each'"), ("each", "self.body, foreach='arr'", "self.arr = (1, 2)"),
        ("body", "self.join", ""), ("join", "self.end", ""), ("skip", "self.end", ""), ("end", "", ""),
    ],
    "loop": [
        ("start", "self.again", "self.n = 0"), ("again", "{True: self.again, False: self.end}, condition='more'", "self.n += 1; self.more = self.n < 3"),
        ("end", "", ""),
    ],
    "loop_in_foreach": [
        ("start", "self.again, foreach='arr'", "self.arr = [1, 3]"),
        ("again", "{True: self.again, False: self.done}, condition='more'", "self.n = getattr(self, 'n', 0) + 1; self.more = self.n < self.input"),
        ("done", "self.join", ""), ("join", "self.end", ""), ("end", "", ""),
    ],
}

# What each step keeps of its place, whatever the behaviour.
PLACE = "self.at = [current.step_name, self.index, self.input, [list(f) for f in self.foreach_stack() or []]]"

BEHAVIOURS = {
    "artifacts": {
        "start": "self.kept = {'int': 1, 'text': 'ä', 'none': None, 'tuple': (1, [2]), 'set': {3}, 'bytes': b'x', 'big': 10 ** 400, 'nan': 'nan'}; self.shared = [[]] * 2",
        "body": "self.kept['int'] += 1; self.shared[0].append(current.step_name); self.own = current.step_name",
        "join": "self.kept = inputs[0].kept; self.shared = sorted((i.shared for i in inputs), key=repr); self.kept['int'] += sum(i.kept['int'] for i in inputs)",
        "end": "self.last = sorted(map(str, self.kept.items()))",
    },
    "constants": {
        "class": "number = 7\nnames = ['a', {'b': 1}]\nnothing = None",
        "any": "self.seen = [self.number, self.names, self.nothing]\ntry:\n    self.number = 8\nexcept AttributeError as e:\n    self.fixed = str(e)",
    },
    "parameters": {
        "class": "alpha = Parameter('alpha', default=0.5)\ncount = Parameter('count', type=int, default=3)\nword = Parameter('word', default='w')\n"
        "flag = Parameter('flag', default=True)\nlisted = Parameter('listed', separator=',', default='a,b')\ntree = Parameter('tree', type=JSONType, default='{\"k\": [1]}')\n"
        "made = Parameter('made', default=lambda ctx: ctx.parameter_name + ctx.flow_name)\nno = Parameter('no', type=str)",
        "any": "self.seen = [self.alpha, self.count, self.word, self.flag, self.listed, self.tree, self.made, self.no]\ntry:\n    self.count = 8\nexcept AttributeError as e:\n    self.fixed = str(e)",
        "arguments": "--alpha 2 --count 4 --word 007 --flag false --listed x,y,z --tree {\"q\":null}",
    },
    "include": {
        "class": "text = IncludeFile('text', default='text.txt')\nraw = IncludeFile('raw', default='text.txt', is_text=False)\nnone = IncludeFile('none')",
        "any": "self.seen = [self.text, self.raw, self.none]",
        "files": {"text.txt": "ä line\nanother\n"},
    },
    "config": {
        "class": "config = Config('config', default='config.json')\nvalue = Config('value', default_value={'a': {'b': [1, {'c': 2}]}})\nplain = Config('plain', default_value='p', plain=True)\n"
        "fromconf = Parameter('fromconf', default=config.name)\nexpr = Parameter('expr', default=config_expr('value.a.b[1].c + 1'))",
        "any": "self.seen = [self.config.name, self.config['deep']['er'], self.value.a.b[0], self.plain, self.fromconf, self.expr, sorted(self.config)]",
        "decorate": {"start": "@environment(vars={'V': config.deep.er})"},
        "start": "self.variable = os.environ['V']",
        "files": {"config.json": '{"name": "n", "deep": {"er": "x"}}'},
        "arguments": "",
    },
    "merge": {
        "start": "self.same = {'a': (1, 2)}; self.late = 1; self.left_out = 0",
        "body": "self.left_out = current.step_name; self.other = 'o'",
        "join": "try:\n    self.merge_artifacts(inputs, exclude=['at'])\n    self.conflict = None\nexcept Exception as e:\n    self.conflict = type(e).__name__, sorted(e.artifact_names)\n"
        "self.left_out = 'joined'; self.at = None\nself.merge_artifacts(inputs, exclude=['arr', 'n', 'more', 'conflict', 'which', 'xs', 'ys', 'zs'])",
        "end": "self.last = [self.same, self.late, self.left_out]",
    },
    "include_merge": {
        "start": "self.same = 5; self.left_out = 0",
        "body": "self.mine = current.step_name",
        "join": "self.merge_artifacts(inputs, include=['same'])\ntry:\n    self.merge_artifacts(inputs, include=['nowhere'])\nexcept Exception as e:\n    self.missing = type(e).__name__, e.artifact_names",
        "end": "self.last = [self.same, hasattr(self, 'mine')]",
    },
    "catch": {
        "decorate": {"plain": "@catch(var='error', print_exception=False)"},
        "plain": "self.before = 1\nif current.step_name in ('a', 'body', 'second', 'z', 'p', 'd', 'done'):\n    raise KeyError('gone')",
        "join": "self.errors = sorted(str(i.error and i.error.type) for i in inputs if hasattr(i, 'error'))",
        "ignore": ["error"],
    },
    "retry": {
        "decorate": {"any": "@retry(times=2, minutes_between_retries=0)"},
        "any": "self.tries = current.retry_count\nif current.retry_count < (2 if current.step_name in ('a', 'join', 'second') else 0):\n    self.lost = 1\n    raise ValueError('again')",
    },
    "timeout": {
        "decorate": {"plain": "@catch(var='error', print_exception=False)\n@timeout(seconds=1)"},
        "plain": "if current.step_name in ('a', 'second', 'd', 'done', 'body', 'z', 'q'):\n    import time; time.sleep(30)",
        "join": "self.errors = sorted(str(i.error and i.error.type) for i in inputs if hasattr(i, 'error'))",
        "ignore": ["error"],
    },
    "killed": {
        "decorate": {"plain": "@catch(var='error', print_exception=False)"},
        "plain": "if current.step_name in ('a', 'second', 'd', 'done'):\n    self.lost = 1; os.kill(os.getpid(), 9)",
        "join": "self.errors = sorted(str(i.error and i.error.type) for i in inputs if hasattr(i, 'error'))",
        "ignore": ["error"],
    },
    "current": {
        "class": "p = Parameter('p', default=1)",
        "any": "self.seen = [current.flow_name, current.step_name, current.retry_count, current.origin_run_id, current.parameter_names, current.is_running_flow, "
        "current.pathspec.split('/')[:1], current.run_id == current.pathspec.split('/')[1], current.username, current.namespace, 'mine' in current.tags, str(self).split(' step ')[0]]",
        "arguments": "--tag mine",
    },
    "project": {
        "flow": "def done(run):\n    open('hook', 'w').write(f'{run.successful} {sorted(t for t in run.tags if t.startswith(\"project\"))}')\n\n"
        "@exit_hook(on_success=[done])\n@schedule(weekly=True)\n@project(name='forecast', branch='b')",
        "any": "self.seen = [current.project_name, current.branch_name, current.project_flow_name, current.is_production, current.is_user_branch]",
    },
    "secrets": {
        "decorate": {"any": "@secrets(sources=[{'type': 'inline', 'options': {'env_vars': {'TOKEN': 'hush', 'OTHER': '1'}}}])"},
        "any": "self.size = len(os.environ['TOKEN']) + int(os.environ['OTHER'])",
    },
    "resume": {
        "any": "self.before = getattr(self, 'before', 0)\nif current.step_name == 'end' and not os.path.exists('ok'):\n    raise ValueError('not yet')\nself.origin = current.origin_run_id is not None",
        "join": "self.before = sorted((i.before for i in inputs), key=repr)",
        "resume": "ok",
    },
}


def lines(behaviour, kind, name):
    out = [behaviour.get("any", ""), behaviour.get(kind, ""), behaviour.get(name, "") if name != kind else ""]
    if kind in ("body", "start", "end") and "plain" in behaviour:
        out.append(behaviour["plain"])
    return [line for text in out if text for line in text.split("\n")]


def kind_of(name, following, seen):
    if name in ("start", "end") and "," not in following:
        return name
    if name.startswith("join"):
        return "join"
    return "split" if "," in following else "body"


def flow(graph, behaviour):
    made = ["import os", "from metaflow import *", "", *behaviour.get("flow", "").split("\n"), "class M(FlowSpec):"]
    made += ["    " + line for line in behaviour.get("class", "").split("\n") if line]
    for name, following, before in GRAPHS[graph]:
        kind = kind_of(name, following, None)
        decorate = behaviour.get("decorate", {})
        for key in dict.fromkeys(["any", kind, name]):
            made += ["    " + line for line in decorate.get(key, "").split("\n") if line]
        if kind in ("body", "start", "end"):
            made += ["    " + line for line in decorate.get("plain", "").split("\n") if line]
        made += ["    @step", f"    def {name}(self{', inputs' if kind == 'join' else ''}):"]
        body = [PLACE] + ([before] if before else [])
        body += lines(behaviour, kind, name) + (["pass"] if kind == "split" else [])
        if kind == "split" and name == "start":
            body[1:1] = behaviour.get("start", "").split("\n") if behaviour.get("start") else []
        made += ["        " + line for line in body if line]
        made += [f"        self.next({following})" if following else "", ""]
    return "\n".join(made) + "\nif __name__ == '__main__':\n    M()\n"


def main(folder):
    for graph in GRAPHS:
        for name, behaviour in BEHAVIOURS.items():
            if "merge" in name and not any(s.startswith("join") for s, _, _ in GRAPHS[graph]):
                continue
            at = os.path.join(folder, f"{graph}-{name}")
            os.makedirs(at, exist_ok=True)
            files = {"flow.py": flow(graph, behaviour), "arguments": behaviour.get("arguments", ""), "resume": behaviour.get("resume", ""),
                     "ignore": " ".join(behaviour.get("ignore", [])), **behaviour.get("files", {})}
            for file, text in files.items():
                with open(os.path.join(at, file), "w", encoding="utf-8") as f:
                    f.write(text)


if __name__ == "__main__":
    main(sys.argv[1])

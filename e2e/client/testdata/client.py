"""Tests of the package runnable_render with the real program and real runs: client.py, in an empty folder. RUNNABLE_RENDER names
the program."""
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings

from runnable_render import ProgramNotFoundError, Run, RunnableRenderError, run, runs

PIPELINE = """
dag:
  name: demo
  parameters: {words: {type: list, default: [a, b]}, text: {type: str, default: ""}, fail: {type: bool, default: false}}
  steps:
    each:
      type: map
      iterate_on: words
      iterate_as: word
      branch:
        steps:
          one:
            type: task
            command: steps.one
            returns: [{name: score, kind: metric}, {name: made, kind: object}]
            catalog: {put: ["out-*.bin"]}
    last:
      type: task
      command: steps.last
      returns: [{name: total, kind: metric}, {name: model, kind: object}, {name: big}]
"""

STEPS = """
def one(word: str):
    print("one", word)
    with open("out-%s.bin" % word, "wb") as f:
        f.write(word.encode() * 3)
    return len(word), {word}

def last(score: list, made: list, text: str = "", fail: bool = False):
    print("line é", text)
    if fail:
        raise ValueError("asked <b>to</b> fail")
    return {"sum": sum(score), "text": text}, set().union(*made), {"n": 10 ** 30, "list": list(range(20000))}
"""

SOME = """
dag:
  parameters: {words: {type: list, default: [a, b]}}
  steps:
    some:
      type: map
      iterate_on: words
      iterate_as: word
      branch: {steps: {pick: {type: task, command: picks.pick, returns: [{name: picked, kind: object}], on_failure: success}}}
"""

SLOW = """
dag: {name: slow, steps: {a: {type: task, command_type: shell, command: "touch begun; until test -e go; do sleep 0.05; done"}}}
"""


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for name, text in (("pipeline.yaml", PIPELINE), ("steps.py", STEPS), ("slow.yaml", SLOW)):
            with open(name, "w", encoding="utf-8") as f:
                f.write(text)
        cls.done = run("pipeline.yaml", "--tag", "x", words=["aa", "b", "c"], text='a "quoted" {text}\n')
        cls.failed = run("pipeline.yaml", fail=True)

    def test_values(self):
        done = self.done
        self.assertEqual((done.status, done.pipeline, done.target, done.tags), ("SUCCESS", "demo", "local", ["x"]))
        self.assertEqual(done.parameters["words"], ["aa", "b", "c"])
        self.assertEqual(done.parameters["text"], 'a "quoted" {text}\n')
        self.assertEqual(done.parameters["big"], {"n": 10**30, "list": list(range(20000))})
        self.assertNotIn("model", done.parameters)
        self.assertEqual(done.metrics["total"], {"sum": 4, "text": 'a "quoted" {text}\n'})
        self.assertTrue(done.started <= done.ended and done.seconds >= 0 and done.started.tzinfo)

    def test_steps(self):
        steps = self.done.steps
        self.assertEqual([s.path for s in steps], ["each", "last"])
        self.assertEqual(sorted(s.path for s in steps["each"].steps), ["each.0.one", "each.1.one", "each.2.one"])
        self.assertEqual(len(list(steps.all())), 5)
        one = steps["each.0.one"]
        self.assertEqual((one.name, one.kind, one.status, one.attempts), ("one", "python", "SUCCESS", 1))
        self.assertEqual(one.returns, {"score": 2})
        self.assertEqual(dict(one.objects), {"made": {"aa"}})
        self.assertEqual([f.path for f in one.files], ["out-aa.bin"])
        self.assertEqual(one.logs(), "one aa\n")
        self.assertEqual(steps["last"].returns["big"]["n"], 10**30)
        self.assertIs(steps["each"].steps["0.one"], one)
        with self.assertRaises(KeyError):
            steps["none"]

    def test_objects(self):
        self.assertEqual(self.done.object("model"), {"aa", "b", "c"})
        self.assertEqual(self.done.objects["made"], [{"aa"}, {"b"}, {"c"}])
        self.assertEqual(sorted(self.done.objects), ["made", "model"])
        self.assertEqual(pickle.loads(self.done.objects.pickled("model")), {"aa", "b", "c"})
        with self.assertRaises(KeyError):
            self.done.object("none")

    def test_objects_of_which_one_is_missing(self):
        with open("picks.py", "w") as f:
            f.write("def pick(word):\n    return {'a': {1}}[word]\n")
        with open("some.yaml", "w") as f:
            f.write(SOME)
        done = run("some.yaml")
        self.assertEqual(done.object("picked"), [{1}, None])

    def test_own_objects(self):
        os.environ.update(RUNNABLE_OBJECTS="own", RUNNABLE_OBJECTS_KEY="00" * 32)
        try:
            with self.assertRaisesRegex(RunnableRenderError, "was not written by a run of this user"):
                self.done.object("model")
            own = run("pipeline.yaml", words=["z"])
            self.assertEqual(own.object("model"), {"z"})
        finally:
            del os.environ["RUNNABLE_OBJECTS"], os.environ["RUNNABLE_OBJECTS_KEY"]
            call("runs", "rm", own.id)

    def test_files(self):
        files = self.done.files
        self.assertEqual([(f.path, f.step, f.size) for f in files], [("out-aa.bin", "each.0.one", 6), ("out-b.bin", "each.1.one", 3), ("out-c.bin", "each.2.one", 3)])
        self.assertEqual(files["out-b.bin"].read_bytes(), b"bbb")
        self.assertEqual(files["out-b.bin"].read_text(), "bbb")
        with files["out-aa.bin"].open() as f:
            self.assertEqual(f.read(), b"aaaaaa")
        with files["out-aa.bin"].open("r") as f:
            self.assertEqual(f.read(), "aaaaaa")
        with self.assertRaises(ValueError):
            files["out-aa.bin"].open("w")
        with tempfile.TemporaryDirectory() as folder:
            saved = files["out-c.bin"].save(os.path.join(folder, "c"))
            with open(saved, "rb") as f:
                self.assertEqual(f.read(), b"ccc")
            self.assertEqual(len(self.done.save_files(folder, "out-*.bin")), 3)

    def test_logs(self):
        self.assertEqual(self.done.logs("last"), 'line é a "quoted" {text}\n\n')
        self.assertIn("each.1.one | one b\n", self.done.logs())
        self.assertEqual([line.text for line in self.done.log_lines("each.2")], ["one c"])
        with self.assertRaisesRegex(RunnableRenderError, "no step"):
            self.done.logs("none")

    def test_failure(self):
        self.assertEqual(self.failed.status, "FAIL")
        error = self.failed.errors[0]
        self.assertEqual((error.step, error.handled), ("last", False))
        self.assertIn("asked <b>to</b> fail", error.message)
        self.assertIn("asked &lt;b&gt;to&lt;/b&gt; fail", self.failed._repr_html_())
        self.assertNotIn("<b>to</b>", self.failed._repr_html_())

    def test_references(self):
        self.assertEqual(Run("@failed").id, self.failed.id)
        self.assertEqual(Run(self.done.id[:-1]), self.done)
        self.assertEqual(Run("x").id, self.done.id)
        self.assertEqual(Run("x", store=".runnable").id, self.done.id)
        for ref in ("none", "@latest:none", "../x", ""):
            with self.assertRaises(RunnableRenderError) as caught:
                Run(ref)
            self.assertEqual(caught.exception.code, 2)
        here = os.getcwd()
        found = Run("x")
        listed = runs(tag="x")[0]
        os.chdir(tempfile.gettempdir())
        try:
            self.assertEqual(found.refresh().status, "SUCCESS")
            self.assertEqual(listed.metrics["total"]["sum"], 4)
        finally:
            os.chdir(here)

    def test_lists(self):
        self.assertEqual([r.id for r in runs(pipeline="demo", status=["FAIL", "SUCCESS"], sort="run")][:2], [self.done.id, self.failed.id])
        self.assertEqual([r.id for r in runs(tag="x")], [self.done.id])
        self.assertEqual(len(runs(pipeline="none")), 0)
        self.assertEqual(len(runs(limit=1)), 1)
        self.assertEqual(len(runs(limit=0)), 0)
        row = runs(tag="x").rows()[0]
        self.assertEqual((row["run_id"], row["parameters.words"], row["metrics.total.sum"]), (self.done.id, ["aa", "b", "c"], 4))
        self.assertIn(self.done.id, runs(tag="x")._repr_html_())
        self.assertEqual(len(runs()[:1]), 1)
        try:
            import pandas  # noqa: F401
        except ImportError:
            return
        self.assertEqual(list(runs(tag="x").to_pandas()["metrics.total.sum"]), [4])
        self.assertEqual(len(runs(tag="none").to_pandas()), 0)

    def test_tags_lineage_compare(self):
        self.assertEqual(self.done.tag("y", "z").tags, ["x", "y", "z"])
        self.assertEqual(self.done.untag("y", "z").tags, ["x"])
        self.assertTrue(self.done.lineage("total")["nodes"])
        comparison = self.done.compare(self.failed)
        self.assertEqual([r["run_id"] for r in comparison["runs"]], [self.done.id, self.failed.id])
        self.assertIn("total.sum", self.done.series())

    def test_errors(self):
        with self.assertRaisesRegex(RunnableRenderError, "none.yaml"):
            run("none.yaml")
        with self.assertRaisesRegex(RunnableRenderError, "jbos"):
            run("pipeline.yaml", "--jbos", "2")
        with self.assertRaisesRegex(TypeError, "parameter 'text'"):
            run("pipeline.yaml", text=object())
        with self.assertRaisesRegex(RunnableRenderError, "too long for a command line"):
            run("pipeline.yaml", text="x" * 200_000)

    def test_run_that_goes_on(self):
        for name in ("begun", "go"):
            if os.path.exists(name):
                os.remove(name)
        done = []
        thread = threading.Thread(target=lambda: done.append(run("slow.yaml", "--run-id", "slow")))
        thread.start()
        while not os.path.exists("begun"):
            time.sleep(0.02)
        slow = Run("slow")
        self.assertEqual((slow.status, slow.ended, slow.seconds), ("RUNNING", None, None))
        self.assertEqual(slow.parameters, {})
        with self.assertRaises(TimeoutError):
            slow.wait(timeout=0)
        open("go", "w").close()
        self.assertEqual(slow.wait(every=0.05).status, "SUCCESS")
        thread.join()
        self.assertEqual(done[0], slow)
        call("runs", "rm", "slow")

    def test_interrupt(self):
        for name in ("begun", "go"):
            if os.path.exists(name):
                os.remove(name)
        child = subprocess.Popen([sys.executable, "-c", "from runnable_render import run; run('slow.yaml', '--run-id', 'stopped')"], stderr=subprocess.PIPE)
        while not os.path.exists("begun"):
            time.sleep(0.02)
        child.send_signal(2)
        _, said = child.communicate(timeout=60)
        self.assertIn(b"KeyboardInterrupt", said)
        self.assertEqual(Run("stopped").status, "INTERRUPTED")
        call("runs", "rm", "stopped")

    def test_damaged_run_is_a_warning(self):
        folder = os.path.join(".runnable", "runs", "damaged")
        os.makedirs(folder)
        with open(os.path.join(folder, "run.json"), "w") as f:
            f.write("{")
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                self.assertTrue(len(runs()))
            self.assertIn("damaged", str(caught[0].message))
        finally:
            shutil.rmtree(folder)

    def test_program(self):
        said = os.environ.pop("RUNNABLE_RENDER")
        path = os.environ["PATH"]
        try:
            os.environ["PATH"] = os.path.dirname(said)
            self.assertEqual(Run("x").id, self.done.id)
            os.environ["PATH"] = ""
            with self.assertRaisesRegex(ProgramNotFoundError, "neither beside this package nor on PATH"):
                Run("x")
            os.environ["RUNNABLE_RENDER"] = "/none/there"
            with self.assertRaisesRegex(ProgramNotFoundError, "RUNNABLE_RENDER names '/none/there'"):
                Run("x")
        finally:
            os.environ.update(RUNNABLE_RENDER=said, PATH=path)


def call(*words):
    subprocess.run([os.environ["RUNNABLE_RENDER"], *words], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    unittest.main()

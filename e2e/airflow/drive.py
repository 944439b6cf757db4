"""Runs DAG files in one process, each as `airflow dags test` runs one.

It reads a JSON object from each line of its input: the file, variables of the environment, and whether to import the file only.
It answers each with a line: the state of the DAG run, its tasks and their states, the leaves, or the error.
"""

import importlib.util
import json
import os
import sys
import traceback


def load(path):
    """The one DAG of a file."""
    from airflow.sdk import DAG

    spec = importlib.util.spec_from_file_location("dag_" + str(abs(hash(path))), path)
    module = importlib.util.module_from_spec(spec)
    found = []
    made = DAG.__init__

    def note(self, *args, **kwargs):
        made(self, *args, **kwargs)
        found.append(self)

    DAG.__init__ = note
    try:
        spec.loader.exec_module(module)
    finally:
        DAG.__init__ = made
    (dag,) = found
    return dag


def look(path, only_import):
    """Imports a DAG as the DAG processor does, and runs it."""
    from airflow import settings
    from airflow.serialization.serialized_objects import DagSerialization

    settings.DAGS_FOLDER = os.path.dirname(os.path.abspath(path))
    dag = load(path)
    DagSerialization.to_dict(dag)
    answer = {"leaves": [t.task_id for t in dag.leaves]}
    if not only_import:
        run = dag.test(run_conf={})
        answer["state"] = str(run.state)
        answer["tasks"] = {f"{t.task_id}.{t.map_index}": str(t.state) for t in run.get_task_instances()}
    return answer


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Airflow and the tasks print is no answer
    for line in sys.stdin:
        order = json.loads(line)
        before = dict(os.environ)
        os.environ.update(order.get("env", {}))
        try:
            answer = look(order["file"], order.get("import", False))
        except Exception as e:  # of any kind: the next file is looked at all the same
            traceback.print_exc()
            answer = {"error": f"{type(e).__name__}: {e}"}
        os.environ.clear()
        os.environ.update(before)
        print(json.dumps(answer), file=answers, flush=True)


main()

"""Tests of pipelines that another module builds, and of one whose function is here."""
import threading

import pytest

from runnable import Pipeline, PythonTask
from runnable.exceptions import ExecutionFailedError
from service import pipelines


def here(n: int = 4):
    return n + 1


@pytest.mark.parametrize("n", [1, 2])
def test_another_module(n):
    pipelines.doubles(n).execute(run_id=f"doubles-{n}")


def test_this_module():
    Pipeline(steps=[PythonTask(function=here, returns=["five"])]).execute(run_id="here")


def test_failure():
    with pytest.raises(ExecutionFailedError):
        pipelines.fails(3).execute(run_id="fails")


def test_threads():
    raised = []

    def run(i):
        try:
            (pipelines.fails if i == 3 else pipelines.doubles)(i).execute(run_id=f"thread-{i}")
        except Exception as e:
            raised.append((i, type(e).__name__))

    threads = [threading.Thread(target=run, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert raised == [(3, "ExecutionFailedError")]


class TestInAClass:
    def test_method(self, tmp_path):
        file = tmp_path / "parameters.yaml"
        file.write_text("n: 20\n")
        Pipeline(steps=[PythonTask(function=here, returns=["more"])]).execute(run_id="method", parameters_file=str(file))

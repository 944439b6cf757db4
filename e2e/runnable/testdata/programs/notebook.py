"""Runs a notebook of the cells below in a kernel of Jupyter's, as "run all" does, and prints what the cells print."""
import sys

import nbformat
from nbclient import NotebookClient

CELLS = [
    "from __future__ import annotations\nfrom dataclasses import dataclass\nimport helper",
    "CONFIG = {}",
    "CONFIG['factor'] = 3",
    "@dataclass\nclass Point:\n    x: int\n    y: int = 0",
    "def load(n: int = 2) -> Point:\n    return Point(n)\n\ndef scale(p: Point):\n    return p.x * CONFIG['factor']\n\ndef add(scaled: int):\n    return helper.more(scaled)",
    "from runnable import AsyncPipeline, AsyncPythonTask, Pipeline, PythonTask, ShellTask\nfrom runnable.exceptions import ExecutionFailedError\n\n"
    "def pipeline():\n    return Pipeline(steps=[PythonTask(function=load, returns=['p']), PythonTask(function=scale, returns=['scaled']), PythonTask(function=add, returns=['added'])])",
    "%%time\npipeline().execute(run_id='first')",
    "def scale(p: Point):  # the cell once more, edited\n    return p.x * 100",
    "pipeline().execute(run_id='second')",
    # The task goes on when the file is there, which is when its first event has come here.
    "import os, time\n\nasync def talk():\n    yield {'type': 'ask'}\n    for _ in range(400):\n        if os.path.exists('answered'):\n            break\n        time.sleep(0.05)\n    else:\n        raise RuntimeError('nobody answers')\n    yield {'type': 'done', 'said': 'yes'}",
    "async for event in AsyncPipeline(steps=[AsyncPythonTask(function=talk, returns=['said'])]).execute_streaming(run_id='third'):\n    print('event', event['type'])\n    open('answered', 'w').close()",
    "try:\n    Pipeline(steps=[ShellTask(name='no', command='exit 4')]).execute(run_id='fourth')\nexcept ExecutionFailedError as e:\n    print('failed', type(e).__name__)",
    "from concurrent.futures import ThreadPoolExecutor\n\nwith ThreadPoolExecutor() as pool:\n    list(pool.map(lambda i: Pipeline(steps=[ShellTask(name='n', command=f'export n={i}', returns=['n'])]).execute(run_id=f'thread-{i}'), range(3)))",
]

nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
NotebookClient(nb, timeout=120, kernel_name="python3", resources={"metadata": {"path": sys.argv[1]}}).execute()
for cell in nb.cells:
    for output in cell.outputs:
        print(output.get("text") or output.get("traceback"))

"""Defines pipelines in Python: Runnable's classes, read by runnable-render.

    from runnable import Pipeline, PythonTask

    def main():
        pipeline = Pipeline(steps=[PythonTask(function=load, returns=["rows"]), PythonTask(function=report)])
        pipeline.execute()
        return pipeline

    if __name__ == "__main__":
        main()

`runnable-render run pipeline.py` runs it, `runnable-render pipeline.py --target argo` renders it. What a pipeline
means is in docs/semantics.md, how Python definitions are read in docs/python.md. Standard library only.
"""
from ._errors import DefinitionError, ExecutionFailed, ExecutionFailedError
from ._pipeline import AsyncPipeline, NotebookJob, Pipeline, PythonJob, ShellJob
from ._steps import (
    AsyncPythonTask,
    Conditional,
    Fail,
    Loop,
    Map,
    NotebookTask,
    Parallel,
    PipelineTask,
    PythonTask,
    ShellTask,
    Stub,
    Success,
)
from .telemetry import OTEL_AVAILABLE, StreamingSpanProcessor, get_stream_queue, set_stream_queue, truncate_value
from ._values import Catalog, Parameter, TaskReturns, json, metric, pickled, text

__all__ = [
    "AsyncPipeline",
    "AsyncPythonTask",
    "Catalog",
    "Conditional",
    "DefinitionError",
    "ExecutionFailed",
    "ExecutionFailedError",
    "Fail",
    "Loop",
    "Map",
    "NotebookJob",
    "NotebookTask",
    "OTEL_AVAILABLE",
    "Parallel",
    "Parameter",
    "Pipeline",
    "PipelineTask",
    "PythonJob",
    "PythonTask",
    "ShellJob",
    "ShellTask",
    "StreamingSpanProcessor",
    "Stub",
    "Success",
    "TaskReturns",
    "get_stream_queue",
    "json",
    "metric",
    "pickled",
    "set_stream_queue",
    "text",
    "truncate_value",
]

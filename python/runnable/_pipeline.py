"""Pipelines, jobs, and what execute() does."""
from . import _values as v
from ._errors import DefinitionError
from ._mode import Mode, in_step, recording
from ._places import caller
from ._steps import NotebookTask, PythonTask, ShellTask, Step, Terminal


class Pipeline:
    """Steps, one after another in the order of the list, or a graph if steps have needs.

    name is the name of the pipeline; the default is the name of the definition's file, or of its folder if the file is
    called pipeline.py or flow.py. on_success and on_failure are hooks that run when the run has ended: a list of
    commands as texts, or of mappings with command, webhook or webhook_from, and secrets and timeout. parameters declares the initial parameters: a mapping from names to Parameter, types, or
    mappings with the arguments of Parameter. pods="one" makes the whole pipeline run in one pod, on targets that have pods.
    schedule says when runs start: a text such as "0 3 * * *", a mapping with cron, timezone and more, or a list of these.
    events are what else starts runs: mappings with webhook, calendar or succeeded, and parameters.
    concurrency={"group": ..., "limit": 1, "on_conflict": "wait"} limits how many runs go on at a time.
    """

    job = False  # a job of Runnable's: one task on its own

    def __init__(self, *, steps, name="", description="", on_success=(), on_failure=(), parameters=None, pods="", concurrency=None, schedule=(), events=()):
        self.call = caller(type(self).__name__) if recording() else None
        if isinstance(steps, Step):
            raise DefinitionError("steps must be a list; put [ ] around it")
        if not isinstance(steps, (list, tuple)):
            raise DefinitionError(f"steps must be a list of steps, not {v.describe(steps)}")
        if not steps:
            raise DefinitionError("the pipeline has no steps; add one", code="RR0113")
        for i, s in enumerate(steps):
            if isinstance(s, Pipeline):
                raise DefinitionError("a pipeline is not a step; nest it as a branch of Parallel, Map, Conditional or Loop, or put its steps here")
            if not isinstance(s, (Step, Terminal)):
                hint = "; wrap it: PythonTask(function=...)" if callable(s) else ""
                raise DefinitionError(f"steps must be a list of steps, and holds {v.describe(s)}{hint}")
            if isinstance(s, Terminal) and (i < len(steps) - 1 or i == 0):
                raise DefinitionError(f"{type(s).__name__} ends a pipeline; put it last, after a step")
        self.steps, self.name, self.description = list(steps), v.word(name, "name"), v.word(description, "description")
        self.on_success, self.on_failure = v.hooks(on_success, "on_success"), v.hooks(on_failure, "on_failure")
        self.parameters, self.pods = v.parameters(parameters), v.word(pods, "pods")
        self.concurrency, self.schedule, self.events = v.concurrency(concurrency), v.schedules(schedule), v.events(events)
        if Mode.recorder is not None:
            Mode.recorder.made(self)

    def as_pipeline(self):
        """The pipeline itself, so that steps and pipelines can be used alike."""
        return self

    def as_async_pipeline(self):
        """The same pipeline, as one whose events can be streamed."""
        if Mode.recorder is not None:
            Mode.recorder.replaced(self)
        made = AsyncPipeline(steps=self.steps, name=self.name, description=self.description, on_success=self.on_success, on_failure=self.on_failure, parameters=self.parameters, pods=self.pods, concurrency=self.concurrency, schedule=self.schedule, events=self.events)
        made.call = self.call or made.call
        return made

    def execute(self, configuration_file="", run_id="", tag="", parameters_file="", log_level="WARNING"):
        """Runs this pipeline with runnable-render, from whatever program and thread. While runnable-render reads the
        definition, this hands it over and ends the program; within a step it does nothing, since the run is under way."""
        options = _words({"configuration_file": configuration_file, "run_id": run_id, "tag": tag, "parameters_file": parameters_file})
        options["job"] = self.job
        if Mode.recorder is not None:
            Mode.recorder.executed(self, options)
        elif not in_step():
            from ._tool import run

            run(self, options)
        return {}


class AsyncPipeline(Pipeline):
    """A pipeline of async tasks. It runs like every pipeline."""

    def as_async_pipeline(self):
        """The pipeline itself."""
        return self

    def execute(self, configuration_file="", run_id="", tag="", parameters_file="", log_level="WARNING"):
        """Runs this pipeline as every one is run. The result may be awaited, as Runnable documents it; by then the run is over."""
        return _Over(super().execute(configuration_file, run_id, tag, parameters_file, log_level))

    async def execute_streaming(self, configuration_file="", run_id="", tag="", parameters_file="", log_level="WARNING"):
        """Runs the pipeline and yields the events that its tasks yield, as they do. Raises ExecutionFailedError at the
        end of a run that failed. While runnable-render reads the definition, and within a step, it is execute()."""
        options = {"configuration_file": configuration_file, "run_id": run_id, "tag": tag, "parameters_file": parameters_file}
        if Mode.recorder is not None or in_step():
            self.execute(**options)
            return
        from ._events import stream

        events = stream(self, _words(options))
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()


class _Over(dict):
    """What a run that is over returns, for programs that await it."""

    def __await__(self):
        yield from ()
        return self


def _words(options):
    """The options of execute(), each a text."""
    return {k: v.word(str(o) if o is not None else "", k) for k, o in options.items()}


def as_branch(value, what):
    """A pipeline of whatever may stand for one."""
    if isinstance(value, Pipeline):
        return value
    if isinstance(value, Step):
        return _unnoticed(value.as_pipeline())
    if isinstance(value, (list, tuple)):
        return _unnoticed(Pipeline(steps=list(value)))
    if isinstance(value, _Job):
        return _unnoticed(value.task.as_pipeline())
    hint = "; call it" if callable(value) else ""
    raise DefinitionError(f"{what} must be a pipeline, a step or a list of steps, not {v.describe(value)}{hint}")


def _unnoticed(pipeline):
    """A pipeline that we made, not the user."""
    if Mode.recorder is not None:
        Mode.recorder.pipelines.remove(pipeline)
    return pipeline


def as_handler(value):
    """What on_failure leads to: None, the name of a terminal, or a pipeline."""
    if value is None or value == "":
        return None
    if isinstance(value, Terminal):
        return value.name
    if isinstance(value, str):
        if value in ("success", "fail"):
            return value
        raise DefinitionError(f'on_failure must be a pipeline, a step, a list of steps, "success" or "fail", not the name "{value}"; give the step itself')
    if isinstance(value, (list, tuple)) and len(value) == 0:
        raise DefinitionError("on_failure is an empty list; give the steps that handle the failure")
    return as_branch(value, "on_failure")


class _Job:
    """A single task."""

    def __init__(self, task):
        self.task = task

    def execute(self, configuration_file="", job_id="", tag="", parameters_file="", log_level="WARNING"):
        """Runs the job: a pipeline of the one task. See Pipeline.execute."""
        pipeline = self.task.as_pipeline()
        pipeline.job = True
        return pipeline.execute(configuration_file=configuration_file, run_id=job_id, tag=tag, parameters_file=parameters_file)


class PythonJob(_Job):
    def __init__(self, *, function, **more):
        super().__init__(PythonTask(function=function, **more))


class NotebookJob(_Job):
    def __init__(self, *, notebook, **more):
        super().__init__(NotebookTask(notebook=notebook, **more))


class ShellJob(_Job):
    def __init__(self, *, command, **more):
        super().__init__(ShellTask(command=command, **more))

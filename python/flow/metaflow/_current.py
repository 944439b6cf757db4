"""current: what a step may ask of the run that it belongs to."""
import os
import tempfile


class Current:
    """The values are those of the step that is running; outside of one they are None."""

    is_running_flow = False
    _none = (
        "flow_name run_id step_name task_id retry_count origin_run_id pathspec namespace username project_name branch_name project_flow_name "
        "is_user_branch is_production trigger"
    ).split()

    def __init__(self):
        self._values = {}

    def _set(self, values):
        self._values, self.is_running_flow = values, True

    def __getattr__(self, name):
        if name[0] == "_":
            raise AttributeError(name)
        values = self.__dict__.get("_values", {})
        if name in values:
            return values[name]
        if name == "run" and values:
            from .client import Run

            return Run("/".join(values["pathspec"].split("/")[:2]))
        if name == "tags":
            return frozenset()
        if name == "parameter_names":
            return []
        if name == "tempdir":
            return tempfile.gettempdir()
        if name == "is_parallel":
            return False
        if name in self._none:
            return None
        raise AttributeError(f"Current has no attribute {name!r} here")

    def __contains__(self, name):
        return getattr(self, name, None) is not None

    def get(self, name, default=None):
        return getattr(self, name, default)


current = Current()


def tags_of_environment():
    """The tags that the run was given, as Metaflow's set of tags."""
    return frozenset(filter(None, os.environ.get("RUNNABLE_TAG", "").split(",")))

"""A flow of a project, with a schedule and with functions that are called when a run has ended."""
from metaflow import FlowSpec, current, exit_hook, project, schedule, step


def tells(run):
    assert run.successful and run.data.branch == "test.golden", run
    assert {"project:forecast", "project_branch:test.golden"} <= run.system_tags, run.system_tags
    print(f"{run.id} has ended")


def fails():
    raise ValueError("not told")


def never(run):
    raise AssertionError("the run succeeded")


@exit_hook(on_success=[tells, "fails"], on_error=[never])
@schedule(cron="30 5 ? * 2-6 *", timezone="Europe/Berlin")
@project(name="forecast", branch="golden")
class DeployedFlow(FlowSpec):
    @step
    def start(self):
        self.project, self.branch, self.flow = current.project_name, current.branch_name, current.project_flow_name
        self.which = [current.is_production, current.is_user_branch]
        self.next(self.end)

    @step
    def end(self):
        assert current.project_name == self.project


if __name__ == "__main__":
    DeployedFlow()

"""Runnable's names for the run that a process is in. Here a run is a process of its own: there is nothing to set."""


def get_run_context():
    """None: no run goes on in this process."""
    return None


def set_run_context(context):
    """Does nothing; Runnable's tests end each run with set_run_context(None)."""

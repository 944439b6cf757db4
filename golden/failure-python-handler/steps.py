import os


def boom():
    raise RuntimeError("no coffee left")


def mend():
    env = os.environ
    told = "no coffee left" in env["RUNNABLE_FAILURE_MESSAGE"]
    return env["RUNNABLE_FAILED_STEP"], env["RUNNABLE_FAILURE_KIND"], told

"""A script whose first line is #! is read by the interpreter that it names."""

from runnable import Pipeline, ShellTask, text


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="bash",
                command="""#!/bin/bash
if [[ $mode == prod* ]]; then export done=yes; else export done=no; fi
words=(one two)
export count=${#words[@]}
""",
                returns=["done", "count"],
            ),
            ShellTask(
                name="posix",
                command="""#!/bin/sh -eu
trap 'export ended="by its trap"' EXIT
export text='two
lines'
exit 0
""",
                returns=[text("text"), "ended"],
            ),
            ShellTask(
                name="python",
                command="""#!/usr/bin/env -S python3 -u
import json, os
with open(os.environ["RUNNABLE_RETURNS"] + "/squares", "w") as f:
    json.dump([n * n for n in range(int(os.environ["count"]) + 1)], f)
print(os.environ["RUNNABLE_STEP"], "in", os.environ["mode"])
""",
                returns=["squares"],
            ),
            ShellTask(
                name="awk",
                command="""
#!/usr/bin/awk -f
BEGIN { print ENVIRON["done"] ", " ENVIRON["ended"] > (ENVIRON["RUNNABLE_RETURNS"] "/told") }
""",
                returns=[text("told")],
            ),
            ShellTask(
                name="nowhere",
                command="""#!/opt/no/such/program --flag
export told=no
""",
                returns=["told"],
                on_failure="success",
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

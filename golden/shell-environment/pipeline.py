"""What a script finds: the user's environment, parameters by name, but nothing that would break the shell."""

from runnable import Pipeline, PythonTask, ShellTask
from steps import big


def main():
    pipeline = Pipeline(
        steps=[
            PythonTask(name="big one", function=big, returns=["big"]),
            ShellTask(
                name="looks",
                command="""set -e
[ "$PATH" != nonsense ] && command -v cat > /dev/null
[ "${IFS#x}" = "$IFS" ]
[ "$(cat "$RUNNABLE_PARAMS/PATH")" = nonsense ]
[ "$flag" = true ] && [ "$none" = null ] && [ "$list" = '[1, "a", {"b": null}]' ]
[ "$GREETING" = "hi there" ]
[ -z "${big+set}" ]
export bytes=$(($(wc -c < "$RUNNABLE_PARAMS/big")))
export dashed="$(cat "$RUNNABLE_PARAMS/dashed-name")"
export big=gone
""",
                returns=["bytes", "dashed", "big"],
                env={"GREETING": "hi there"},
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

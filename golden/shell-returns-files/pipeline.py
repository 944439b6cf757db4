"""Returns by file: any name, any content; kind text is taken as it is."""

from runnable import Pipeline, ShellTask, text


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="write",
                command="""printf '{"k": [1, 2]}' > "$RUNNABLE_RETURNS/the answer"
printf '42' > "$RUNNABLE_RETURNS/as-text"
printf 'plain words' > "$RUNNABLE_RETURNS/words"
""",
                returns=["the answer", text("as-text"), "words"],
            ),
            ShellTask(
                name="read",
                command="""export both="$(cat "$RUNNABLE_PARAMS/the answer") $(cat "$RUNNABLE_PARAMS/as-text")"
""",
                returns=[text("both")],
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()

"""Exported variables come back: decoded as JSON where they parse, also after `exit 0`, with line breaks and blanks."""

from runnable import Pipeline, ShellTask


def main():
    pipeline = Pipeline(
        steps=[
            ShellTask(
                name="exports",
                command="""export i=1 f=3.14 s=hello
export p='{"x": 10, "foo": "bar"}'
export q='"quoted"'
export blanks="  both  "
export lines="one
two"
export tricky='a=b; $(c) `d` \\ "e"'
export nothing=null empty=
export one=1.0
export big=123456789012345678901234567890
echo '[/x] looks like markup'
exit 0
""",
                returns=["i", "f", "s", "p", "q", "blanks", "lines", "tricky", "nothing", "empty", "one", "big"],
            ),
            ShellTask(
                name="last status",
                command="""false || true
(exit 3)
export x=4
""",
                returns=["x"],
            ),
            ShellTask(
                name="reads",
                command="""[ "$i" = 1 ] && [ "$f" = 3.14 ] && [ "$s" = hello ] && [ "$p" = '{"x": 10, "foo": "bar"}' ] &&
[ "$q" = quoted ] && [ "$blanks" = "  both  " ] && [ "$tricky" = 'a=b; $(c) `d` \\ "e"' ] &&
[ "$nothing" = null ] && [ "$empty" = "" ] && [ "$one" = 1.0 ] &&
[ "$big" = 123456789012345678901234567890 ]
""",
            ),
        ]
    )
    pipeline.execute()
    return pipeline


if __name__ == "__main__":
    main()
